import { redisKeys } from '@parley/contracts/redis-keys';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryPartyStates } from './memory-states.ts';
import { RedisPartyStates } from './redis-states.ts';
import type { Known, PartyStateStore } from './state-store.ts';

const redis = new Redis(parseEnv(storesEnv).REDIS_URL);
afterAll(() => redis.disconnect());
const NOTHING: Known = { gen: 0, seen: 0, readTo: 0 };
const soon = (): number => Date.now() + 60_000;

describe.each([
  ['Redis', (): PartyStateStore => new RedisPartyStates(redis)],
  ['memory', (): PartyStateStore => new MemoryPartyStates(systemClock)],
])('states of tokens in %s', (_where, make) => {
  it('tell what changed since, each change once, and keep a revocation for good', async () => {
    const store = make();
    const tenant = newId();
    const { gen, clock } = await store.read(tenant, NOTHING);
    const known = { gen, seen: clock, readTo: clock };
    const [one, other] = [newId(), newId()].map((jti) => ({ jti, gen, endsAtMs: soon() })) as [never, never];
    await store.change(tenant, known, one, 'active');
    await store.change(tenant, known, other, 'revoked');
    const after = await store.change(tenant, known, other, 'active');
    const news = await store.read(tenant, known);
    expect(news.clock).toBe(after.clock);
    expect(news.changes.map(([, state]) => state)).toEqual(['active', 'revoked']);
    const later = { gen, seen: news.clock, readTo: news.clock };
    expect((await store.read(tenant, later)).changes).toEqual([]);
    await store.change(tenant, later, one, 'revoked');
    expect((await store.read(tenant, later)).changes).toHaveLength(1);
    expect((await store.read(newId(), NOTHING)).changes).toEqual([]);
  });

  it('take a name once at the same time, of each tenant by itself, and again when its time is over (PT-12.4)', async () => {
    const store = make();
    const [tenant, other] = [newId(), newId()];
    const taken = await Promise.all(Array.from({ length: 20 }, () => store.once(tenant, 'a', 60_000)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect([await store.once(tenant, 'b', 60_000), await store.once(other, 'a', 60_000)]).toEqual([true, true]);
    await store.once(tenant, 'short', 1);
    await waitFor('the end of its time', () => store.once(tenant, 'short', 1), { timeoutMs: 15_000 });
  });

  it('begin a new generation when something a node has seen is not there any more (PT-6.5)', async () => {
    const store = make();
    const tenant = newId();
    const { gen, clock } = await store.read(tenant, NOTHING);
    const token = { jti: newId(), gen, endsAtMs: soon() };
    expect(await store.open(tenant, { gen, seen: clock, readTo: clock }, token, 2)).toBe(true);
    const ahead = { gen, seen: clock + 50, readTo: clock };
    const news = await store.read(tenant, ahead);
    expect(news.gen).toBeGreaterThan(gen);
    const now = { gen: news.gen, seen: news.clock, readTo: news.clock };
    expect(await store.draw(tenant, now, token)).toMatchObject({ drawn: 'inactive', gen: news.gen });
    expect(await store.open(tenant, now, token, 2)).toBe(false);
    expect((await store.change(tenant, now, token, 'revoked')).clock).toBe(news.clock);
    expect((await store.read(tenant, { gen: news.gen + 5, seen: 1, readTo: 0 })).gen).toBeGreaterThan(news.gen + 5);
  });

  it('are active while enough have signed; who has taken back signs no more (PT-8.1, PT-8.4)', async () => {
    const store = make();
    const tenant = newId();
    const { gen, clock } = await store.read(tenant, NOTHING);
    const known = { gen, seen: clock, readTo: clock };
    const token = { jti: newId(), gen, endsAtMs: soon() };
    const say = async (party: string, says: 'signed' | 'withdrawn'): Promise<unknown[]> => {
      const { state, signed } = await store.attest(tenant, known, token, { need: 2, said: [{ party, says }] });
      return [state, signed];
    };
    expect(await say('a', 'signed')).toEqual(['pending', 1]);
    expect(await say('a', 'signed')).toEqual(['pending', 1]);
    expect(await say('b', 'signed')).toEqual(['active', 2]);
    expect(await say('b', 'withdrawn')).toEqual(['withdrawn', 1]);
    expect(await say('b', 'signed')).toEqual(['withdrawn', 1]);
    expect(await say('c', 'signed')).toEqual(['active', 2]);
    expect((await store.read(tenant, known)).changes).toEqual([[token.jti, 'active']]);
    await store.change(tenant, known, token, 'revoked');
    expect(await say('d', 'signed')).toEqual(['revoked', 0]);
    const late = await store.attest(tenant, known, { ...token, gen: 1 }, { need: 1, said: [] });
    expect(late.state).toBe('ended');
  });

  it('draw exactly what is there, give back, and nothing of revoked or unknown tokens (PT-6.6)', async () => {
    const store = make();
    const tenant = newId();
    const { gen, clock } = await store.read(tenant, NOTHING);
    const known = { gen, seen: clock, readTo: clock };
    const token = { jti: newId(), gen, endsAtMs: soon() };
    expect((await store.draw(tenant, known, token)).drawn).toBe('spent');
    await store.open(tenant, known, token, 5);
    const drawn = await Promise.all(
      Array.from({ length: 20 }, async () => (await store.draw(tenant, known, token)).drawn),
    );
    expect(drawn.filter((one) => typeof one === 'number').sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    await store.giveBack(tenant, known, token);
    expect(await store.left(tenant, token)).toBe(1);
    await store.change(tenant, known, token, 'revoked');
    expect((await store.draw(tenant, known, token)).drawn).toBe('inactive');
    await store.giveBack(tenant, known, { ...token, jti: newId() });
  });
});

it('in Redis nothing outlives what it is for', async () => {
  const store = new RedisPartyStates(redis);
  const tenant = newId();
  const { gen, clock } = await store.read(tenant, NOTHING);
  const token = { jti: newId(), gen, endsAtMs: soon() };
  await store.open(tenant, { gen, seen: clock, readTo: clock }, token, 5);
  await store.change(tenant, { gen, seen: clock, readTo: clock }, token, 'revoked');
  await store.once(tenant, 'x', 60_000);
  for (const part of ['root', 'changes', 'states', 'ends', `uses:${token.jti}`, 'proof:x']) {
    expect(await redis.pttl(redisKeys.party(tenant, part)), part).toBeGreaterThan(0);
  }
});
