import { loadTestEnv } from '@parley/env/test';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { addressOf, guessLimit, redisAttempts, signInLimits } from './attempts.ts';

const redis = new Redis(loadTestEnv().redisUrl);
const attempts = redisAttempts(redis);
afterAll(() => redis.quit());

const unique = (): string => crypto.randomUUID();

test('a window lets through exactly its limit, also when all tries come at once', async () => {
  const limit = [{ name: 'test', key: unique(), limit: 5, windowSeconds: 60 }];
  const answers = await Promise.all(Array.from({ length: 12 }, () => attempts.take(limit)));
  expect(answers.filter(Boolean)).toHaveLength(5);
});

test('a window ends on its own and tries during it do not lengthen it', async () => {
  const key = unique();
  const limit = [{ name: 'test', key, limit: 1, windowSeconds: 1 }];
  expect(await attempts.take(limit)).toBe(true);
  expect(await attempts.take(limit)).toBe(false);
  await expect.poll(() => attempts.take(limit), { timeout: 5000, interval: 100 }).toBe(true);
});

test('one address guessing one password is stopped while the owner can still sign in from elsewhere', async () => {
  const email = `${unique()}@example.test`;
  const [guesser, owner] = [unique(), unique()];
  for (let i = 0; i < 10; i++) expect(await attempts.take(signInLimits(email, guesser))).toBe(true);
  expect(await attempts.take(signInLimits(email, guesser))).toBe(false);
  expect(await attempts.take(signInLimits(email, owner))).toBe(true);
});

test('who has signed in may try as often as at first, guessers elsewhere may not', async () => {
  const email = `${unique()}@example.test`;
  const [guesser, owner] = [unique(), unique()];
  for (const address of [guesser, owner]) {
    for (let i = 0; i < 10; i++) await attempts.take(signInLimits(email, address));
  }
  await attempts.forget(guessLimit(email, owner));
  expect(await attempts.take(signInLimits(email, owner))).toBe(true);
  expect(await attempts.take(signInLimits(email, guesser))).toBe(false);
});

test('no key in Redis shows an e-mail address', async () => {
  const email = `${unique()}@example.test`;
  await attempts.take(signInLimits(email, '203.0.113.9'));
  const keys = await redis.keys('parley:attempts:*');
  expect(keys.length).toBeGreaterThan(0);
  expect(keys.some((key) => key.includes('@') || key.includes('203.0.113.9'))).toBe(false);
});

test('the address is the one the nearest proxy appended', () => {
  expect(addressOf(new Headers({ 'x-forwarded-for': '6.6.6.6, 203.0.113.9' }))).toBe('203.0.113.9');
  expect(addressOf({ 'x-forwarded-for': '203.0.113.9' })).toBe('203.0.113.9');
  expect(addressOf({})).toBe('unknown');
});
