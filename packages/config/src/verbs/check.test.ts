import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layTrees, readTree } from '../tree/read-tree.ts';
import { checkVerbs } from './check.ts';

const CANARIES = join(import.meta.dirname, '../../canaries/verbs');
const base = readTree(join(CANARIES, 'base'));
const team = 'packages/services/src/team';

const EXPECTED: Readonly<Record<string, string>> = {
  'verb-alone': `${team}/create.ts → 1 verbs, exports createTeam, nameOf: verb-alone`,
  'verb-audit': `${team}/create.ts → team.create: verb-audit`,
  'verb-export': `${team}/create.ts → makeTeam: verb-export`,
  'verb-name': `${team}/create.ts → team.make: verb-name`,
  'verb-read-only': `${team}/list.ts → updateManyAndReturn: verb-read-only`,
  'verb-registered': `${team}/rename.ts → team.rename: verb-registered`,
};

describe('the ritual of services', () => {
  it('finds nothing where it is kept', () => {
    expect([...base.keys()]).toContain(`${team}/create.ts`);
    expect(checkVerbs(base)).toEqual([]);
  });

  it('has an expectation for every canary', () => {
    expect(['base', ...Object.keys(EXPECTED)]).toEqual(readdirSync(CANARIES).sort());
  });

  for (const [name, expected] of Object.entries(EXPECTED)) {
    it(`catches ${name}, and nothing else`, () => {
      const found = checkVerbs(layTrees(base, readTree(join(CANARIES, name, 'bad'))));
      expect(found.map(({ from, to, rule }) => `${from} → ${to}: ${rule}`)).toEqual([expected]);
    });
  }
});
