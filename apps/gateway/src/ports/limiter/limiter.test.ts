import { redisKeys } from '@parley/contracts/redis-keys';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { fixedClock, systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compilePlan } from '../../snapshot/compile-plan.ts';
import type { CompiledPlan, CompiledSubscription } from '../../snapshot/compiled.ts';
import { grantOf, type LimitStore } from './decide.ts';
import { LeasingLimiter } from './limiter.ts';
import { MemoryLimitStore } from './memory-store.ts';
import { RedisLimitStore } from './redis-store.ts';

let redis: Redis;
const limiters: LeasingLimiter[] = [];

beforeAll(() => {
  redis = new Redis(parseEnv(storesEnv).REDIS_URL);
});
afterEach(async () => {
  for (const limiter of limiters.splice(0)) await limiter.close();
});
afterAll(() => redis.disconnect());

function limiter(store: LimitStore): LeasingLimiter {
  const made = new LeasingLimiter(store, noopLogger);
  limiters.push(made);
  return made;
}
const node = (): LeasingLimiter => limiter(new RedisLimitStore(redis.duplicate()));
const planOf = (...limits: [requests: number, windowSeconds: number][]): CompiledPlan =>
  compilePlan({
    id: newId(),
    slug: 'p',
    limits: limits.map(([requests, windowSeconds]) => ({ requests, windowSeconds })),
  });
const subscribed = (): CompiledSubscription =>
  ({ id: newId(), limitKey: redisKeys.limit(newId(), newId()) }) as CompiledSubscription;

/** One call the way the gateway makes it. */
async function call(on: LeasingLimiter, subscription: CompiledSubscription, plan: CompiledPlan): Promise<boolean> {
  const verdict = on.tryLocal(subscription, plan) ?? (await on.admit(subscription, plan));
  return 'failed' in verdict && verdict.failed === -1;
}

/** `offered` calls spread over nodes, `width` at a time on each; how many were admitted. */
async function offer(
  nodes: readonly LeasingLimiter[],
  subscription: CompiledSubscription,
  plan: CompiledPlan,
  offered: number,
  width: number,
): Promise<number> {
  let left = offered;
  let admitted = 0;
  await Promise.all(
    nodes.flatMap((on) =>
      Array.from({ length: width }, async () => {
        while (left-- > 0) {
          if (await call(on, subscription, plan)) admitted++;
          // Calls of a real node come one by one over the network.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
    ),
  );
  return admitted;
}

/** A window that surely does not end while the test runs: the day's, unless midnight is near. */
const LONG = 31_536_000;

describe.each([
  ['Redis', () => new RedisLimitStore(redis.duplicate())],
  ['memory', () => new MemoryLimitStore(systemClock)],
])('a store of counters in %s', (_name, make) => {
  const limits = [
    { requests: 5, windowSeconds: LONG },
    { requests: 3, windowSeconds: LONG * 2 > 31_622_400 ? 86_400 : LONG * 2 },
  ];

  it('gives a permit in every window or in none', async () => {
    const store = make();
    const key = redisKeys.limit(newId(), newId());
    const first = await store.take(key, limits, 2, 0);
    expect(first).toMatchObject({ granted: 2, leaseUntilMs: 0 });
    expect(first.windows.map((window) => window.remaining)).toEqual([3, 1]);
    const second = await store.take(key, limits, 4, 0);
    expect(second.granted).toBe(1);
    const third = await store.take(key, limits, 1, 0);
    expect(third.granted).toBe(0);
    expect(third.windows.map((window) => window.remaining)).toEqual([2, 0]);
  });

  it('aligns windows to the Unix epoch by its own clock', async () => {
    const decision = await make().take(redisKeys.limit(newId(), newId()), [{ requests: 1, windowSeconds: 60 }], 1, 0);
    const reset = decision.windows[0]?.resetMs ?? 0;
    expect(reset % 60_000).toBe(0);
    expect(reset - decision.serverMs).toBeGreaterThan(0);
    expect(reset - decision.serverMs).toBeLessThanOrEqual(60_000);
  });

  it('takes unused permits back into the same window only', async () => {
    const store = make();
    const key = redisKeys.limit(newId(), newId());
    const limit = [{ requests: 4, windowSeconds: LONG }];
    const { windows } = await store.take(key, limit, 4, 0);
    const reset = windows[0]?.resetMs ?? 0;
    await store.giveBack(key, limit, 3, [reset + LONG * 1000]);
    expect((await store.take(key, limit, 1, 0)).granted).toBe(0);
    await store.giveBack(key, limit, 3, [reset]);
    expect((await store.take(key, limit, 4, 0)).granted).toBe(3);
  });

  it('gives spare permits only far from the limit, and remembers for others that some may come back', async () => {
    const store = make();
    const key = redisKeys.limit(newId(), newId());
    const limit = [{ requests: 1000, windowSeconds: LONG }];
    const far = await store.take(key, limit, 1, 500);
    expect(far.granted).toBeGreaterThan(1);
    expect(far.granted).toBeLessThanOrEqual(1 + 1000 / 32);
    const near = await store.take(key, limit, 1000 - far.granted - 50, 500);
    expect(near.granted).toBe(1000 - far.granted - 50);
    const none = await store.take(key, limit, 60, 500);
    expect(none.granted).toBe(50);
    expect(none.leaseUntilMs).toBeGreaterThan(none.serverMs);
  });
});

describe('grantOf', () => {
  it('never gives more than any window has left, nor fewer than wanted while there are enough', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 10_000 }), fc.nat(10_000)), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 500 }),
        fc.nat(5000),
        (windows, want, spare) => {
          const limits = windows.map(([requests]) => ({ requests, windowSeconds: 60 }));
          const remaining = windows.map(([requests, used]) => Math.max(0, requests - used));
          const least = Math.min(...remaining);
          const granted = grantOf(limits, remaining, want, spare);
          expect(granted).toBeLessThanOrEqual(least);
          expect(granted).toBeGreaterThanOrEqual(Math.min(want, least));
          expect(granted).toBeLessThanOrEqual(want + spare);
        },
      ),
    );
  });
});

describe('the limiter on several nodes', () => {
  it.each([
    [1, 10, 30, 4],
    [2, 100, 90, 8],
    [2, 300, 600, 16],
    [3, 300, 900, 8],
    [3, 2000, 3000, 32],
  ])('%i nodes, limit %i, %i calls offered: admits exactly what it may', async (count, limit, offered, width) => {
    const nodes = Array.from({ length: count }, node);
    const subscription = subscribed();
    expect(await offer(nodes, subscription, planOf([limit, LONG]), offered, width)).toBe(Math.min(limit, offered));
  });

  it('serves a busy subscription mostly from memory', async () => {
    const store = new MemoryLimitStore(systemClock);
    const on = limiter(store);
    expect(await offer([on], subscribed(), planOf([1_000_000, LONG]), 3000, 8)).toBe(3000);
    expect(store.calls).toBeLessThan(1000);
  });

  it('brings unused permits back, so that other nodes can use them', async () => {
    const store = new MemoryLimitStore(systemClock);
    const [a, b] = [limiter(store), limiter(store)];
    const subscription = subscribed();
    const plan = planOf([400, LONG]);
    const first = await offer([a], subscription, plan, 150, 4);
    expect(first + (await offer([b], subscription, plan, 400, 4))).toBe(400);
  });

  it('counts nothing for a refused call, and refuses from memory until the window ends', async () => {
    const store = new MemoryLimitStore(systemClock);
    const on = limiter(store);
    const [subscription, plan] = [subscribed(), planOf([2, LONG], [100, 86_400])];
    expect(await offer([on], subscription, plan, 5, 1)).toBe(2);
    const asked = store.calls;
    expect(await call(on, subscription, plan)).toBe(false);
    expect(store.calls).toBe(asked);
    expect(on.known(subscription, plan)).toMatchObject({ failed: 1, remaining: [98, 0] });
    const { windows } = await store.take(subscription.limitKey, plan.limits, 0, 0);
    expect(windows.map((window) => window.remaining)).toEqual([98, 0]);
  });

  it('lets a new window’s calls in, and never carries permits over its end', async () => {
    const clock = fixedClock(Date.now());
    const store = new MemoryLimitStore(clock);
    const on = limiter(store);
    const [subscription, plan] = [subscribed(), planOf([200, 1])];
    clock.advance(1000 - (clock.nowMs() % 1000) + 970);
    expect(await offer([on], subscription, plan, 100, 4)).toBe(100);
    await waitFor('the window to end on this node', () => on.tryLocal(subscription, plan) === null);
    clock.advance(1000);
    expect(await offer([on], subscription, plan, 300, 4)).toBe(200);
  });

  it('uses the plan it is given from the next call on', async () => {
    const on = node();
    const subscription = subscribed();
    expect(await offer([on], subscription, planOf([3, LONG]), 10, 1)).toBe(3);
    expect(await offer([on], subscription, planOf([5, LONG]), 10, 1)).toBe(2);
  });

  it('refuses while Redis is away, and goes on when it is back', async () => {
    const store = new MemoryLimitStore(systemClock);
    const on = limiter(store);
    const [subscription, plan] = [subscribed(), planOf([10, LONG])];
    store.away = true;
    expect(await on.admit(subscription, plan)).toMatchObject({ code: 'limiter_unavailable' });
    store.away = false;
    expect(await on.admit(subscription, plan)).toMatchObject({ failed: -1, remaining: [9] });
  });

  it('asks nothing for a plan without limits', () => {
    const on = limiter(new MemoryLimitStore(systemClock));
    expect(on.tryLocal(subscribed(), planOf())).toMatchObject({ failed: -1, limits: [] });
  });
});
