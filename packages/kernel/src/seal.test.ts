import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newDataKey, open, openBuffer, openDataKey, parseMasterKey, seal, sealBuffer } from './seal.ts';

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

test('sealed bytes open for the same key and purpose only, and are refused once changed', () => {
  const { dataKey } = newDataKey(master, 'tenant-a');
  const plain = randomBytes(300);
  const sealed = sealBuffer(dataKey, plain, 'cache:1');
  expect(openBuffer(dataKey, sealed, 'cache:1')).toEqual(plain);
  expect(sealed.includes(plain.subarray(0, 16))).toBe(false);
  expect(() => openBuffer(dataKey, sealed, 'cache:2')).toThrow();
  expect(() => openBuffer(newDataKey(master, 'tenant-a').dataKey, sealed, 'cache:1')).toThrow();
  for (const at of [0, 1, 20, sealed.length - 1]) {
    const bad = Buffer.from(sealed);
    bad[at] = (bad[at] as number) ^ 1;
    expect(() => openBuffer(dataKey, bad, 'cache:1'), String(at)).toThrow();
  }
  expect(() => openBuffer(dataKey, sealed.subarray(0, 20), 'cache:1')).toThrow(/not a sealed value/);
});

test('a master key of another length is refused', () => {
  expect(() => parseMasterKey(randomBytes(31).toString('base64'))).toThrow(/32 bytes/);
});
