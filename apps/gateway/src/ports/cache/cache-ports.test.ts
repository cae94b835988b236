import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { newDataKey, parseMasterKey } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { MASTER_KEY } from '../../../test/documents.ts';
import { testRedisUrl } from '../../../test/world.ts';
import { type Entry, makeEntry } from '../../policies/cache/entry.ts';
import { MemoryCache } from './memory-cache.ts';
import { MemorySharedCache } from './memory-shared-cache.ts';
import { redisSharedCache } from './redis-shared-cache.ts';
import { type Place, ResponseCache } from './response-cache.ts';

const NOW = 1_800_000_000_000;
const POLICY = { defaultTtlSeconds: 60, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0, storeSetCookie: false };
const entryOf = (body: string | Buffer, mark = ''): Entry =>
  makeEntry({ status: 200, headers: {}, requestedAtMs: NOW, receivedAtMs: NOW }, Buffer.from(body), POLICY, mark);

describe('a node’s memory', () => {
  it('stays within its bytes and forgets first what was used longest ago', () => {
    const memory = new MemoryCache(10_000);
    const body = Buffer.alloc(2000);
    for (const key of ['a', 'b', 'c']) memory.put(key, 'r', { kind: 'entry', entry: entryOf(body) });
    memory.get('a');
    for (let n = 0; n < 100; n++) {
      memory.put(n % 2 ? 'd' : 'e', 'r', { kind: 'entry', entry: entryOf(body) });
      expect(memory.bytes).toBeLessThanOrEqual(10_000);
    }
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => memory.get(key) !== undefined)).toEqual(['a', 'c', 'd', 'e']);
    memory.put('huge', 'r', { kind: 'entry', entry: entryOf(Buffer.alloc(20_000)) });
    expect(memory.get('huge')).toBeUndefined();
    expect(memory.get('a')).toBeDefined();
  });

  it('forgets a resource with all its answers and no other', () => {
    const memory = new MemoryCache(100_000);
    for (const [key, resource] of ['a1', 'a2', 'b1'].map((name) => [name, name.slice(0, 1)] as const)) {
      memory.put(key, resource, { kind: 'entry', entry: entryOf('x') });
    }
    memory.dropResource('a');
    expect(['a1', 'a2', 'b1'].filter((key) => memory.get(key) !== undefined)).toEqual(['b1']);
    memory.clear();
    expect(memory.bytes).toBe(0);
  });
});

describe('a tenant’s share of Redis', () => {
  const redis = new Redis(testRedisUrl());
  afterAll(() => redis.disconnect());
  const bytesOf = async (tenantId: string): Promise<number> => {
    const names = await redis.keys(redisKeys.cacheEntry(tenantId, '*'));
    const lengths = await Promise.all(names.map((name) => redis.strlen(name)));
    return lengths.reduce((sum, length) => sum + length, 0);
  };

  it('is never exceeded; what ends soonest makes room, and what has ended is struck off', async () => {
    const shared = redisSharedCache(redis, redis, 10_000);
    const tenantId = newId();
    await shared.write(tenantId, 'first', Buffer.alloc(3000), 60_000);
    for (let n = 0; n < 20; n++) {
      await shared.write(tenantId, `n${n}`, Buffer.alloc(1500), 120_000 + n);
      expect(await bytesOf(tenantId)).toBeLessThanOrEqual(10_000);
    }
    const has = async (key: string): Promise<boolean> => (await shared.read(tenantId, 'r', key)).sealed !== null;
    expect([await has('first'), await has('n0'), await has('n19')]).toEqual([false, false, true]);
    await shared.write(tenantId, 'n19', Buffer.alloc(20_000), 60_000);
    expect(await has('n19')).toBe(false);
    const brief = newId();
    await shared.write(brief, 'a', Buffer.alloc(8000), 50);
    await waitFor('it to end', async () => (await shared.read(brief, 'r', 'a')).sealed === null);
    await shared.write(brief, 'b', Buffer.alloc(8000), 60_000);
    expect(await redis.hgetall(redisKeys.cacheSizes(brief))).toEqual({ b: '8400', total: '8400' });
    expect(await redis.zrange(redisKeys.cacheLedger(brief), '0', '-1')).toEqual(['b']);
  });

  it('of one tenant is none of another’s', async () => {
    const shared = redisSharedCache(redis, redis, 10_000);
    const [mine, theirs] = [newId(), newId()];
    await shared.write(mine, 'k', Buffer.from('mine'), 60_000);
    for (let n = 0; n < 10; n++) await shared.write(theirs, `k${n}`, Buffer.alloc(5000), 60_000);
    expect((await shared.read(mine, 'r', 'k')).sealed?.toString()).toBe('mine');
    expect((await shared.read(theirs, 'r', 'k')).sealed).toBeNull();
  });
});

describe('two nodes', () => {
  const { dataKey } = newDataKey(parseMasterKey(MASTER_KEY), 'tenant');
  const place = (more: Partial<Place> = {}): Place => ({
    tenantId: 'tenant',
    dataKey,
    resource: 'r',
    primary: 'p',
    flatHeaders: [],
    ...more,
  });
  const setUp = () => {
    const store = new MemorySharedCache();
    const [one, two] = [0, 1].map(() => new ResponseCache(new MemoryCache(1_000_000), store.node())) as [
      ResponseCache,
      ResponseCache,
    ];
    const bodyAt = async (cache: ResponseCache, where = place()) =>
      (await cache.look(where, NOW)).entry?.body.toString();
    return { store, one, two, bodyAt };
  };

  it('give one another’s answers, and none that was put in another’s place or changed', async () => {
    const { store, one, two, bodyAt } = setUp();
    one.store(place(), entryOf('good'), []);
    await waitFor('it to be shared', () => store.slots.size === 1);
    expect(await bodyAt(two)).toBe('good');
    const sealed = store.slots.get('tenant p') as Buffer;
    store.slots.set('tenant q', sealed);
    store.slots.set('other p', sealed);
    store.slots.set('tenant s', Buffer.concat([sealed.subarray(0, -1), Buffer.from([(sealed.at(-1) as number) ^ 1])]));
    for (const other of [{ primary: 'q' }, { tenantId: 'other' }, { primary: 's' }]) {
      expect(await bodyAt(setUpNode(store), place(other))).toBeUndefined();
    }
  });

  const setUpNode = (store: MemorySharedCache) => new ResponseCache(new MemoryCache(1_000_000), store.node());

  it('both forget what is invalidated, also an answer that comes late', async () => {
    const { one, two, bodyAt } = setUp();
    const { mark } = await two.look(place(), NOW);
    one.store(place(), entryOf('old'), []);
    expect(await bodyAt(two)).toBe('old');
    one.invalidate('tenant', 'r');
    expect([await bodyAt(one), await bodyAt(two)]).toEqual([undefined, undefined]);
    two.store(place(), entryOf('late', mark), []);
    expect([await bodyAt(one), await bodyAt(two)]).toEqual([undefined, undefined]);
    two.store(place(), entryOf('new', (await two.look(place(), NOW)).mark), []);
    expect([await bodyAt(one), await bodyAt(two)]).toEqual(['new', 'new']);
  });

  it('hear of an invalidation made while the store was away once it is back', async () => {
    const { store, one, two, bodyAt } = setUp();
    one.store(place(), entryOf('old'), []);
    expect(await bodyAt(two)).toBe('old');
    store.away = true;
    one.invalidate('tenant', 'r');
    expect([await bodyAt(one), await bodyAt(two)]).toEqual([undefined, 'old']);
    store.comeBack();
    await waitFor('the other node to hear', async () => (await bodyAt(two)) === undefined);
    expect(await bodyAt(one)).toBeUndefined();
  });

  it('keep answers to themselves when the tenant’s key cannot be opened', async () => {
    const { store, one, two, bodyAt } = setUp();
    const closed = place({ dataKey: null });
    one.store(closed, entryOf('mine'), []);
    expect([await bodyAt(one, closed), await bodyAt(two, closed)]).toEqual(['mine', undefined]);
    expect(store.slots.size).toBe(0);
  });
});
