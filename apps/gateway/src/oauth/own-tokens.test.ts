import { fixedClock } from '@parley/kernel/clock';
import { expect, it } from 'vitest';
import { Failure } from '../ports/tokens/failure.ts';
import { OwnTokens } from './own-tokens.ts';

const DAY_MS = 86_400_000;
const master = { bytes: Buffer.alloc(32, 7) };
const claims = { keyId: 'k', applicationId: 'a', scopes: ['x', 'y'] };

it('is taken by every node with the same master key, across the change of keys, until its end', () => {
  const clock = fixedClock(30 * DAY_MS * 600 - 1000);
  const token = new OwnTokens(master, 'https://g.test', clock).issue(claims);
  const node = new OwnTokens(master, 'https://g.test/', clock);
  expect(node.verify(token)).toMatchObject(claims);
  const before = JSON.stringify(node.publicKeys());
  clock.advance(2000);
  expect(JSON.stringify(node.publicKeys())).not.toBe(before);
  expect(node.verify(token)).toMatchObject(claims);
  clock.advance(900_000);
  expect(node.verify(token)).toBeInstanceOf(Failure);
});

it('is nothing to another master key, and not good under another address', () => {
  const clock = fixedClock(1_700_000_000_000);
  const token = new OwnTokens(master, 'https://g.test', clock).issue(claims);
  expect(new OwnTokens({ bytes: Buffer.alloc(32, 8) }, 'https://g.test', clock).verify(token)).toBeNull();
  expect(new OwnTokens(master, 'https://other.test', clock).verify(token)).toBeInstanceOf(Failure);
});

it('publishes no private part', () => {
  const text = JSON.stringify(new OwnTokens(master, 'https://g.test', fixedClock(1)).publicKeys());
  expect(text).not.toContain('"d"');
  expect(JSON.parse(text)).toMatchObject({ keys: [{ kty: 'OKP' }, { kty: 'OKP' }, { kty: 'OKP' }] });
});
