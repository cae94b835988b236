import { limitRuleSchema } from '@parley/contracts/policies/limits';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { TenantSnapshot } from '@parley/contracts/snapshot';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { budgetPeriod } from '@parley/domain/budgets/period';
import { counterSlot } from '@parley/domain/limits/counter-slot';
import { counterSubject } from '@parley/domain/limits/counter-subject';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canHaveRedis, type OwnRedis, ownRedis } from '../../test/own-redis.ts';
import { type TestWorker, testWorker } from '../../test/test-worker.ts';
import { idAt, usageEvent } from '../../test/usage-events.ts';
import { usageIngest } from '../jobs/usage-ingest/handle.ts';
import { correctCounters, limitEpoch, restoreCounters } from './restore.ts';
import { type RestoredRule, restoredRules } from './restored-rules.ts';

/** Counters of limits come back from usage events: never from zero, and no call twice. */
describe.skipIf(!canHaveRedis)('counters that Redis has lost', () => {
  let server: OwnRedis;
  let worker: TestWorker;
  beforeAll(async () => {
    server = await ownRedis();
    worker = testWorker({ redisUrl: server.url });
  });
  beforeEach(async () => {
    await worker.redis.flushall();
  });
  afterAll(async () => {
    await worker.close();
    await server.stop();
  });

  /** A publisher with one version that has these limits, one route of which has its own. */
  function publisher(rules: readonly object[], own: readonly object[] = []) {
    const [tenantId, versionId, routeId] = [newId(), newId(), newId()];
    const policiesOf = (some: readonly object[]) =>
      some.length === 0 ? {} : { policies: { limits: { rules: some } } };
    const route = {
      id: routeId,
      method: '*',
      path: '/own',
      upstreamId: newId(),
      upstreamPath: null,
      ...policiesOf(own),
    };
    const target = { kind: 'rest', routes: [route] };
    const version = { id: versionId, version: 'v1', state: 'published', target, ...policiesOf(rules) };
    const doc = { tenantId, timeZone: 'Europe/Berlin', apis: [{ versions: [version] }] } as unknown as TenantSnapshot;
    return { tenantId, versionId, routeId, rules: restoredRules(doc) };
  }
  type Publisher = ReturnType<typeof publisher>;

  async function store(of: Publisher, events: readonly Partial<UsageEvent>[]): Promise<void> {
    const whole = events.map((event) =>
      usageEvent({ tenantId: of.tenantId, apiVersionId: of.versionId, cachedInputTokens: 0, ...event }),
    );
    await worker.run(usageIngest, { segmentId: newId(), events: whole });
  }

  const NOBODY = {
    keyId: '',
    endpointId: '',
    address: '',
    consumerTenantId: '',
    teamId: '',
    model: '',
    user: '',
    tags: undefined,
  };
  function keyOf(of: RestoredRule | undefined, facts: Partial<Parameters<typeof counterSubject>[2]>): string {
    if (of === undefined) throw new Error('no such rule');
    const all = { ...NOBODY, subscriptionId: '', ...facts };
    const { prefix } = counterSlot(of.wide, of.tenantId, all.subscriptionId);
    return `${prefix}${of.identity}:${counterSubject(of.rule.scope, of.rule.tag ?? '', all)}`;
  }
  const used = async (key: string): Promise<number> => Number(await worker.redis.hget(key, 'u'));
  const restore = (of: Publisher): Promise<void> => restoreCounters(worker, { rules: () => of.rules, waitMs: 0 });
  const rule = (more: object) => limitRuleSchema.parse({ algorithm: 'quota', amount: 1_000_000, ...more });

  it('say what events of their period say, by scope and by what they count', async () => {
    const of = publisher(
      [
        rule({ what: 'tokens' }),
        rule({ what: 'cost', every: 'total', scope: 'key' }),
        rule({ scope: 'user' }),
        rule({ scope: 'tag', tag: 'project', what: 'requestBytes' }),
        rule({ scope: 'address' }),
      ],
      [rule({ what: 'tokens' })],
    );
    expect(of.rules).toHaveLength(5);
    const [subscriptionId, keyId] = [newId(), newId()];
    const call = { subscriptionId, keyId, inputTokens: 10, outputTokens: 5, costNano: '7', requestBytes: 100 };
    await store(of, [
      { ...call, endUser: 'anna', tags: { project: 'atlas' } },
      { ...call, endUser: 'ben' },
      { ...call, routeId: of.routeId },
      // Long ago, of another kind of money, refused, and what the gateway asked for itself.
      { ...call, id: idAt(Date.now() - 70 * 86_400_000) },
      { ...call, currency: 'EUR' },
      { ...call, status: 429, code: 'quota_exceeded', attempts: 0, inputTokens: 0, outputTokens: 0, costNano: '0' },
      { ...call, purpose: 'judge', parentId: newId() },
    ]);
    await restore(of);
    const [tokens, cost, byUser, byTag, ownRoute] = of.rules;
    expect(await used(keyOf(tokens, { subscriptionId }))).toBe(45);
    expect(await used(keyOf(ownRoute, { subscriptionId }))).toBe(15);
    // In total, over all time.
    expect(await used(keyOf(cost, { subscriptionId, keyId }))).toBe(21);
    expect(await used(keyOf(byUser, { subscriptionId, user: 'anna' }))).toBe(1);
    expect(await used(keyOf(byUser, { subscriptionId }))).toBe(1);
    expect(await used(keyOf(byTag, { subscriptionId, tags: { project: 'atlas' } }))).toBe(100);
    expect(await limitEpoch(worker.redis)).not.toBeNull();
    expect(await worker.redis.exists(counterSlot(tokens?.wide === true, of.tenantId, subscriptionId).marker)).toBe(1);
  });

  it('count with it what running calls hold, and never go down', async () => {
    const of = publisher([rule({ what: 'tokens', every: 'total', scope: 'api' })]);
    const key = keyOf(of.rules[0], {});
    await store(of, [{ inputTokens: 10, outputTokens: 5 }]);
    await worker.redis.hset(`${key}:held`, 'a call', `r0:100:${Date.now() + 60_000}`);
    await restore(of);
    expect(await used(key)).toBe(115);
    await worker.redis.del(redisKeys.limitEpoch);
    await worker.redis.hset(key, 'u', 900);
    await restore(of);
    expect(await used(key)).toBe(900);
  });

  it('get what events tell later of calls from before, each once, and not what was counted since', async () => {
    const of = publisher([rule({ what: 'tokens', every: 'total', scope: 'api' })]);
    const key = keyOf(of.rules[0], {});
    await store(of, [{ inputTokens: 10, outputTokens: 5, id: idAt(Date.now() - 5000) }]);
    await restore(of);
    const epoch = await limitEpoch(worker.redis);
    if (epoch === null) throw new Error('nothing was restored');
    const correct = () => correctCounters(worker, epoch, () => of.rules);
    expect(await correct()).toBe(0);
    // A gateway has let a call in since, and tells what it took; its event comes as well.
    await worker.redis.hincrby(key, 'u', 30);
    await store(of, [{ inputTokens: 20, outputTokens: 10, id: idAt(epoch.cutoffMs + 1) }]);
    // Of one that ran when Redis lost its data, its node held the most, and told the rest.
    await worker.redis.hincrby(key, 'u', 7);
    await worker.redis.hset(key, 'x', 7);
    expect(await correct()).toBe(0);
    await store(of, [
      { inputTokens: 4, outputTokens: 3, id: idAt(epoch.cutoffMs - 1) },
      { inputTokens: 50, outputTokens: 50, id: idAt(epoch.cutoffMs - 2) },
    ]);
    expect(await correct()).toBe(1);
    expect(await used(key)).toBe(15 + 30 + 7 + 100);
    expect(await correct()).toBe(0);
    // Of what nothing was known at all.
    const other = publisher([rule({ what: 'tokens', every: 'total', scope: 'api' })]);
    await store(other, [{ inputTokens: 1, outputTokens: 1, id: idAt(epoch.cutoffMs - 1) }]);
    expect(await correctCounters(worker, epoch, () => other.rules)).toBe(1);
    expect(await used(keyOf(other.rules[0], {}))).toBe(2);
  });

  it('are not said to be whole where Redis loses its data again meanwhile', async () => {
    const of = publisher([rule({ what: 'tokens' })]);
    await store(of, [{}]);
    async function* interrupted() {
      await worker.redis.flushall();
      yield* of.rules;
    }
    await expect(restoreCounters(worker, { rules: interrupted, waitMs: 0 })).rejects.toThrow('lost again');
    expect(await limitEpoch(worker.redis)).toBeNull();
  });

  it('come back for hard budgets, with what running calls hold', async () => {
    const of = publisher([]);
    const budgetId = newId();
    await worker.db.within({}, async (tx) => {
      const { tenantId } = of;
      await tx.tenant.create({ data: { id: tenantId, slug: `t-${tenantId}`, name: 'Restored' } });
      const about = { scope: 'tenant', subject: '', period: 'month', currency: 'USD', mode: 'hard' };
      const amountNano = 1_000_000n;
      await tx.budget.create({
        data: { tenantId, id: budgetId, slug: 'b', name: 'B', amountNano, thresholds: [], ...about },
      });
    });
    await store(of, [{ costNano: '300' }, { costNano: '50' }, { costNano: '9', currency: 'EUR' }]);
    const counter = redisKeys.budgetCounter(of.tenantId, budgetId);
    const { startMs } = budgetPeriod(Date.now(), 'month', 'UTC');
    await worker.redis.hset(`${counter}:held`, newId(), `${startMs}:40:${Date.now() + 60_000}`);
    await restore(of);
    expect(await used(counter)).toBe(390);
    expect(await limitEpoch(worker.redis)).not.toBeNull();
  });
});
