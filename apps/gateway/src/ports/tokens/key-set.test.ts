import { fixedClock } from '@parley/kernel/clock';
import { noopLogger } from '@parley/telemetry/logger';
import { errors } from 'jose';
import { beforeEach, expect, it } from 'vitest';
import { newSigningKey, type SigningKey } from '../../../test/issuer.ts';
import { KeysUnavailable, RemoteKeys } from './key-set.ts';

const MINUTE = 60_000;
let clock: ReturnType<typeof fixedClock>;
let published: SigningKey[];
let away: boolean;
let asked: number;
let keys: RemoteKeys;

beforeEach(async () => {
  clock = fixedClock(1_700_000_000_000);
  published = [await newSigningKey('one')];
  away = false;
  asked = 0;
  const read = async (): Promise<string> => {
    asked++;
    if (away) throw new Error('away');
    return JSON.stringify({ keys: published.map((key) => key.publicJwk) });
  };
  keys = new RemoteKeys('https://login.test/jwks', read, clock, noopLogger);
});

const find = (kid: string) => keys.find({ alg: 'ES256', kid });

it('asks once for many tokens, and again in the background when the keys are ten minutes old', async () => {
  await Promise.all(Array.from({ length: 20 }, () => find('one')));
  await find('one');
  expect(asked).toBe(1);
  clock.advance(11 * MINUTE);
  published.push(await newSigningKey('two'));
  await find('one');
  expect(asked).toBe(2);
  await expect(find('two')).resolves.toBeDefined();
  expect(asked).toBe(2);
});

it('fetches anew for an unknown kid, but for a flood of them once in 30 seconds', async () => {
  await find('one');
  published.push(await newSigningKey('two'));
  await expect(find('two')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
  clock.advance(31_000);
  await find('two');
  expect(asked).toBe(2);
  const flood = Array.from({ length: 500 }, (_, i) =>
    expect(find(`x${i}`)).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey),
  );
  await Promise.all(flood);
  expect(asked).toBe(2);
  clock.advance(31_000);
  await expect(find('x')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
  expect(asked).toBe(3);
});

it('keeps the last good keys for a day while the issuer is away, then knows nothing', async () => {
  await find('one');
  const before = keys.edition;
  away = true;
  for (let hours = 0; hours < 23; hours++) {
    clock.advance(60 * MINUTE);
    await find('one');
  }
  expect(keys.edition).toBe(before);
  clock.advance(90 * MINUTE);
  await expect(find('one')).rejects.toBeInstanceOf(KeysUnavailable);
  expect(keys.edition).not.toBe(before);
  away = false;
  clock.advance(MINUTE);
  await expect(find('one')).resolves.toBeDefined();
});

it('forgets a key the issuer has withdrawn, and what was verified with the former keys', async () => {
  await find('one');
  const before = keys.edition;
  published = [await newSigningKey('two')];
  clock.advance(11 * MINUTE);
  await find('one');
  await find('two');
  expect(keys.edition).not.toBe(before);
  clock.advance(31_000);
  await expect(find('one')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
});

it('does not hammer an issuer that fails, and takes no shared secret from it', async () => {
  away = true;
  for (let i = 0; i < 50; i++) await expect(find('one')).rejects.toBeInstanceOf(KeysUnavailable);
  expect(asked).toBe(1);
  clock.advance(6000);
  away = false;
  published = [{ ...(published[0] as SigningKey), publicJwk: { kty: 'oct', k: 'c2VjcmV0', kid: 'one' } }];
  await expect(find('one')).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
});

it('with an answer that is no key set keeps what it has', async () => {
  await find('one');
  const odd = new RemoteKeys('https://login.test/', async () => '{"keys":{}}', clock, noopLogger);
  await expect(odd.find({ alg: 'ES256', kid: 'one' })).rejects.toBeInstanceOf(KeysUnavailable);
});
