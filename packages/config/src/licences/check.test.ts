import { describe, expect, it } from 'vitest';
import { checkLicences } from './check.ts';

const judge = (name: string, locked: { license?: string; dev?: boolean }, onDisk?: string): readonly string[] =>
  checkLicences({ packages: { [`node_modules/${name}`]: { version: '1.0.0', ...locked } } }, () => onDisk).map(
    ({ from, to }) => `${from} → ${to}`,
  );

describe('licences', () => {
  it.each(['MIT', 'Apache-2.0', '(MIT OR GPL-3.0)', 'MIT AND ISC', '(MIT AND (BSD-3-Clause OR ISC))'])(
    'allows %s',
    (license) => {
      expect(judge('left', { license })).toEqual([]);
    },
  );

  it.each(['GPL-3.0', 'AGPL-3.0-only', 'MIT AND GPL-2.0', 'SSPL-1.0', 'SEE LICENSE IN LICENSE', 'UNLICENSED'])(
    'refuses %s',
    (license) => {
      expect(judge('left', { license })).toEqual([`left@1.0.0 → ${license}`]);
    },
  );

  it('refuses a package that names none, and reads the installed manifest before it says so', () => {
    expect(judge('left', {})).toEqual(['left@1.0.0 → unknown']);
    expect(judge('left', {}, 'MIT')).toEqual([]);
  });

  it('leaves development dependencies alone', () => {
    expect(judge('left', { license: 'GPL-3.0', dev: true })).toEqual([]);
  });

  it('holds an exception to its package and its licence', () => {
    expect(judge('geist', { license: 'SIL OPEN FONT LICENSE' })).toEqual([]);
    expect(judge('geist', { license: 'GPL-3.0' })).toHaveLength(1);
    expect(judge('left', { license: 'SIL OPEN FONT LICENSE' })).toHaveLength(1);
  });

  it('looks at packages nested in others', () => {
    const path = 'packages/db/node_modules/@scope/left';
    const found = checkLicences({ packages: { [path]: { version: '2.0.0', license: 'GPL-3.0' } } }, () => undefined);
    expect(found.map(({ from }) => from)).toEqual(['@scope/left@2.0.0']);
  });
});
