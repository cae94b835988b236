import { introspectionMethod } from '@parley/contracts/policies/callers/introspection';
import { noopLogger } from '@parley/telemetry/logger';
import { expect, it } from 'vitest';
import type { ReadSmall } from '../../upstream/read-small.ts';
import { Failure } from './failure.ts';
import { Introspector } from './introspector.ts';

const METHOD = introspectionMethod.parse({ kind: 'introspection', issuer: 'i', upstream: 'login' });
const AT = { url: 'https://login.test/introspect', header: [] };

function asking(read: ReadSmall, more: object = {}) {
  const clock = { now: 1_000_000 };
  const asks = new Introspector({ ...METHOD, ...more }, read, { nowMs: () => clock.now }, noopLogger);
  return { asks, clock };
}

it('keeps at most 64 questions under way, and refuses further ones at once', async () => {
  const answers: ((text: string) => void)[] = [];
  const { asks } = asking(() => new Promise((resolve) => answers.push(resolve)));
  const waiting = Array.from({ length: 64 }, (_, at) => asks.verify(`t${at}`, AT));
  expect(asks.verify('t64', AT)).toBe('unavailable');
  expect(asks.verify('t63', AT)).toBe(waiting[63]);
  expect(answers).toHaveLength(64);
  for (const answer of answers) answer('{"active":true,"client_id":"c"}');
  for (const one of waiting) expect(await one).toMatchObject({ client: 'c' });
  expect(asks.verify('t0', AT)).toMatchObject({ client: 'c' });
});

it('believes a good answer for cacheSeconds from when it was asked, never beyond exp; a bad one for 10 seconds', async () => {
  let said = '{"active":true,"client_id":"c","exp":1030}';
  let asked = 0;
  const { asks, clock } = asking(() => (asked++, Promise.resolve(said)), { cacheSeconds: 60 });
  await asks.verify('a', AT);
  clock.now += 29_999;
  expect(asks.verify('a', AT)).not.toBeInstanceOf(Promise);
  clock.now += 1;
  expect(await asks.verify('a', AT)).toBeInstanceOf(Failure);
  expect(asked).toBe(2);
  said = '{"active":true,"client_id":"c"}';
  await asks.verify('b', AT);
  clock.now += 59_999;
  expect(asks.verify('b', AT)).not.toBeInstanceOf(Promise);
  clock.now += 1;
  said = '{"active":false}';
  expect(await asks.verify('b', AT)).toBeInstanceOf(Failure);
  clock.now += 9_999;
  expect(asks.verify('b', AT)).toBeInstanceOf(Failure);
  clock.now += 1;
  expect(asks.verify('b', AT)).toBeInstanceOf(Promise);
});
