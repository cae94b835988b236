import { redisKeys } from '@parley/contracts/redis-keys';
import type { SnapshotChange } from '@parley/contracts/snapshot';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, afterEach, expect, it } from 'vitest';
import { type Follower, follow } from './follow.ts';

const redis = new Redis(parseEnv(storesEnv).REDIS_URL);
const followers: Follower[] = [];
afterEach(async () => {
  for (const follower of followers.splice(0)) await follower.stop();
});
afterAll(() => redis.disconnect());

/** Follows with an `apply` of one's own; what was revalidated and when is not looked at. */
async function following(apply: (change: SnapshotChange) => Promise<void>, busyMs = () => 0) {
  let revalidated = 0;
  const follower = follow({
    redis: redis.duplicate(),
    apply,
    revalidate: async () => {
      revalidated++;
    },
    busyMs,
    log: noopLogger,
  });
  followers.push(follower);
  await follower.started;
  return { revalidated: () => revalidated };
}

/** Announces changes at once: they are read together. */
async function announce(changes: readonly SnapshotChange[]): Promise<void> {
  const transaction = redis.multi();
  for (const change of changes) transaction.xadd(redisKeys.changes, '*', 'change', JSON.stringify(change));
  await transaction.exec();
}

it('takes a flood of changes to one document as one', async () => {
  const id = newId();
  const applied: number[] = [];
  await following(async (change) => {
    if (change.id === id) applied.push(change.version);
  });
  await announce(Array.from({ length: 500 }, (_, at) => ({ kind: 'tenant', id, version: at + 1 })));
  await waitFor('the last version', () => applied.includes(500));
  expect(applied).toEqual([500]);
});

it('applies changes of several documents side by side, and rests after work', async () => {
  const ids = Array.from({ length: 40 }, () => newId());
  const running = { now: 0, most: 0, done: 0 };
  await following(
    async ({ id }) => {
      if (!ids.includes(id)) return;
      running.most = Math.max(running.most, ++running.now);
      await new Promise((resolve) => setImmediate(resolve));
      running.now--;
      running.done++;
    },
    () => running.done * 0.2,
  );
  await announce(ids.map((id) => ({ kind: 'application', id, version: 1 })));
  await waitFor('all', () => running.done === ids.length);
  expect(running.most).toBeGreaterThan(1);
  expect(running.most).toBeLessThanOrEqual(16);
  const after = newId();
  ids.push(after);
  await announce([{ kind: 'tenant', id: after, version: 1 }]);
  await waitFor('the one after the rest', () => running.done === ids.length);
});

it('has everything revalidated when a change could not be applied', async () => {
  const id = newId();
  let failed = false;
  const { revalidated } = await following(async (change) => {
    if (change.id !== id) return;
    failed = true;
    throw new Error('the source is away');
  });
  const before = revalidated();
  await announce([{ kind: 'tenant', id, version: 1 }]);
  await waitFor('a failure', () => failed);
  await waitFor('a revalidation', () => revalidated() > before);
  expect(revalidated()).toBe(before + 1);
});
