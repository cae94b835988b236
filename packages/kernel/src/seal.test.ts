import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newDataKey, open, openDataKey, parseMasterKey, seal } from './seal.ts';

const master = parseMasterKey(randomBytes(32).toString('base64'));

test('a sealed text opens with its own key and purpose, and with nothing else', () => {
  const { dataKey, sealed } = newDataKey(master, 'tenant-a');
  const again = openDataKey(master, sealed, 'tenant-a');
  const text = seal(dataKey, 'sk-secret', 'provider_key');
  expect(open(again, text, 'provider_key')).toBe('sk-secret');
  expect(() => open(again, text, 'upstream_auth')).toThrow();
  expect(() => openDataKey(master, sealed, 'tenant-b')).toThrow();
  expect(() => open(newDataKey(master, 'tenant-b').dataKey, text, 'provider_key')).toThrow();
});

test('a changed byte, a short tag or another format is refused', () => {
  const { dataKey } = newDataKey(master, 'tenant-a');
  const [version, iv, body, tag] = seal(dataKey, 'sk-secret', 'provider_key').split('.') as [
    string,
    string,
    string,
    string,
  ];
  const flipped = Buffer.from(body, 'base64url');
  flipped[0] = (flipped[0] as number) ^ 1;
  for (const bad of [
    [version, iv, flipped.toString('base64url'), tag],
    [version, iv, body, tag.slice(0, 6)],
    ['v2', iv, body, tag],
    [version, iv, body],
    [version, iv, body, tag, 'x'],
  ]) {
    expect(() => open(dataKey, bad.join('.'), 'provider_key')).toThrow();
  }
});

test('a master key of another length is refused', () => {
  expect(() => parseMasterKey(randomBytes(31).toString('base64'))).toThrow(/32 bytes/);
});
