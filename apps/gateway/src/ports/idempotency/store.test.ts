import { fixedClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { testRedisUrl } from '../../../test/world.ts';
import { IdempotencyKeys } from './keys.ts';
import { MemoryIdempotencyStore } from './memory-store.ts';
import { redisIdempotencyStore } from './redis-store.ts';
import type { IdempotencyStore } from './store.ts';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

interface Subject {
  readonly store: IdempotencyStore;
  /** Lets the leases and lives of less than this end. */
  readonly pass: (ms: number) => Promise<void>;
}

const SUBJECTS: Readonly<Record<string, () => Subject>> = {
  redis: () => ({
    store: redisIdempotencyStore(redis),
    pass: async () => {},
  }),
  memory: () => {
    const clock = fixedClock(1_000_000);
    return { store: new MemoryIdempotencyStore(clock), pass: async (ms) => clock.advance(ms) };
  },
};

describe.each(Object.entries(SUBJECTS))('idempotency keys in %s', (_, open) => {
  it('are taken once, and told from another request’s', async () => {
    const { store } = open();
    const key = newId();
    const claims = await Promise.all(['a', 'b', 'c'].map((owner) => store.claim(key, 'print', owner, 5000)));
    expect(claims.map((claim) => claim.kind).sort()).toEqual(['claimed', 'running', 'running']);
    expect(await store.claim(key, 'other', 'd', 5000)).toEqual({ kind: 'mismatch' });
  });

  it('give the kept answer, byte for byte, and the fact when none was kept', async () => {
    const { store } = open();
    const [whole, fact] = [newId(), newId()];
    const answer = Buffer.from([0, 255, 13, 10, 200]);
    for (const key of [whole, fact]) await store.claim(key, 'print', 'a', 5000);
    await store.keep(whole, 'a', answer, 60_000);
    await store.keep(fact, 'a', null, 60_000);
    expect(await store.claim(whole, 'print', 'b', 5000)).toEqual({ kind: 'answered', answer });
    expect(await store.claim(fact, 'print', 'b', 5000)).toEqual({ kind: 'answered', answer: null });
    expect(await store.claim(whole, 'other', 'b', 5000)).toEqual({ kind: 'mismatch' });
  });

  it('are free again when released, by their owner only', async () => {
    const { store } = open();
    const key = newId();
    await store.claim(key, 'print', 'a', 5000);
    await store.release(key, 'b');
    await store.keep(key, 'b', Buffer.from('no'), 60_000);
    expect((await store.claim(key, 'print', 'b', 5000)).kind).toBe('running');
    await store.release(key, 'a');
    expect((await store.claim(key, 'other', 'b', 5000)).kind).toBe('claimed');
  });

  it('are free again when the lease of a dead owner ends, and held while it is renewed', async () => {
    const { store, pass } = open();
    const [dead, alive] = [newId(), newId()];
    await store.claim(dead, 'print', 'a', 100);
    await store.claim(alive, 'print', 'a', 100);
    expect(await store.extend(alive, 'a', 60_000)).toBe(true);
    expect(await store.extend(alive, 'b', 1)).toBe(false);
    await pass(150);
    await waitFor('the lease to end', async () => (await store.claim(dead, 'print', 'b', 5000)).kind === 'claimed');
    expect((await store.claim(alive, 'print', 'b', 5000)).kind).toBe('running');
    await store.keep(dead, 'a', Buffer.from('late'), 60_000);
    expect((await store.claim(dead, 'print', 'c', 5000)).kind).toBe('running');
  });
});

it('an answer that could not be kept is handed over later', async () => {
  const store = new MemoryIdempotencyStore(fixedClock(1_000_000));
  const keys = new IdempotencyKeys(store, noopLogger);
  await keys.claim('k', 'print', 'a');
  store.away = true;
  await keys.keep('k', Buffer.from('done'), 60_000);
  store.away = false;
  expect((await store.claim('k', 'print', 'b', 1)).kind).toBe('running');
  await keys.close();
  expect(await store.claim('k', 'print', 'b', 1)).toEqual({ kind: 'answered', answer: Buffer.from('done') });
});
