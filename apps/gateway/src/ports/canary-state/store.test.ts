import { newId } from '@parley/kernel/id';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { testRedisUrl } from '../../../test/world.ts';
import { MemoryCanaryStore } from './memory-store.ts';
import { RedisCanaryStore } from './redis-store.ts';

const redis = new Redis(testRedisUrl());
afterAll(() => redis.disconnect());

describe.each([
  ['memory', new MemoryCanaryStore()],
  ['Redis', new RedisCanaryStore(redis)],
])('canaries in %s', (_, store) => {
  it('start once, and once rolled back stay so for everybody', async () => {
    const id = newId();
    expect(await store.sync(id, 1000, false)).toEqual({ startedAtMs: 1000, rolledBack: false });
    expect(await store.sync(id, 2000, false)).toEqual({ startedAtMs: 1000, rolledBack: false });
    expect(await store.sync(id, 3000, true)).toEqual({ startedAtMs: 1000, rolledBack: true });
    expect(await store.sync(id, 4000, false)).toEqual({ startedAtMs: 1000, rolledBack: true });
    expect(await store.sync(newId(), 5000, false)).toEqual({ startedAtMs: 5000, rolledBack: false });
  });
});
