import { type planPricingSchema, planPricingSchema as pricingSchema } from '@parley/contracts/plan-pricing';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { prepaidCredit } from '@parley/db/repositories/prepaid';
import { callPricing, chargeOfCall } from '@parley/domain/rating/call-charge';
import { quantitiesOf } from '@parley/domain/rating/quantities';
import { newId } from '@parley/kernel/id';
import { createApplication } from '@parley/services/applications/create';
import { giveCredit } from '@parley/services/credit-grants/give';
import { setPlanPrice } from '@parley/services/plans/set-price';
import { compileApplicationSnapshot } from '@parley/services/snapshots/compile-application';
import { STANDING_CHECKS } from '@parley/services/standing-checks/checks';
import { requestSubscription } from '@parley/services/subscriptions/request';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { canHaveRedis, type OwnRedis, ownRedis } from '../../test/own-redis.ts';
import { type TestWorker, testWorker } from '../../test/test-worker.ts';
import { idAt, usageEvent } from '../../test/usage-events.ts';
import { accrueMarked } from '../jobs/billing-accrue/accrue-marked.ts';
import { expireCredit } from '../jobs/expiry-sweep/credit.ts';
import { usageIngest } from '../jobs/usage-ingest/handle.ts';
import { recomputeHour } from '../jobs/usage-rollup/recompute.ts';
import { restoreCounters } from '../limits/restore.ts';
import { compileAndPublish } from '../snapshots/compile.ts';
import { alignCredit } from './counters.ts';

const kit = testContext();
afterAll(() => kit.close());

/** Three nano-units a call and two for five tokens of answer: single calls round up, the month once. */
const PRICING: z.input<typeof planPricingSchema> = {
  collection: 'prepaid',
  rules: [
    { id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '3000000' } },
    { id: 'output', name: 'Output', meter: 'outputTokens', charge: { kind: 'perUnit', nanoPerMillion: '400000' } },
  ],
};
const BOOKS = STANDING_CHECKS.filter(({ name }) => /ledger|credit|accruals/.test(name));
const EPOCH = JSON.stringify({ id: newId(), cutoffMs: 0 });

describe.skipIf(!canHaveRedis)('what calls on plans paid from credit are charged', () => {
  let server: OwnRedis;
  let worker: TestWorker;
  beforeAll(async () => {
    server = await ownRedis();
    worker = testWorker({ redisUrl: server.url });
  });
  beforeEach(async () => {
    await worker.redis.flushall();
    await worker.redis.set(redisKeys.limitEpoch, EPOCH);
  });
  afterAll(async () => {
    await worker.close();
    await server.stop();
  });

  /** A customer on a plan with this price. */
  async function customer(pricing: z.input<typeof planPricingSchema> = PRICING) {
    const publisher = await kit.tenant('Acme');
    const consumer = await kit.tenant('Shop Ltd');
    const api = await publishedApi(kit.db, publisher.tenantId);
    const { id: applicationId } = await createApplication(consumer.owner, { slug: 'app', name: 'App' });
    await setPlanPrice(publisher.owner, { api: api.slug, plan: 'free', pricing });
    const { id: subscriptionId } = await requestSubscription(consumer.owner, {
      application: 'app',
      publisher: publisher.slug,
      api: api.slug,
      plan: 'free',
    });
    const of = { tenantId: publisher.tenantId, consumerTenantId: consumer.tenantId };
    const counter = redisKeys.creditCounter(of.tenantId, of.consumerTenantId);
    const alike = { ...of, subscriptionId, planId: api.autoPlanId, currency: 'USD', cachedInputTokens: 0 };
    return {
      publisher,
      consumer,
      api,
      counter,
      call: (more: Partial<UsageEvent> = {}) => usageEvent({ ...alike, id: idAt(Date.now()), ...more }),
      give: (amount: string, expiresAt?: Date) =>
        giveCredit(publisher.owner, {
          customer: consumer.slug,
          amount,
          ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
        }),
      store: (...events: UsageEvent[]) => worker.run(usageIngest, { segmentId: newId(), events }),
      async book(nowMs = Date.now() + 1000): Promise<void> {
        const sql = 'SELECT hour FROM rollup_dirty_hours WHERE tenant_id = $1';
        for (const { hour } of await worker.rows<{ hour: Date }>(sql, of.tenantId)) {
          await recomputeHour(worker.pool, { tenantId: of.tenantId, hour });
        }
        const ports = { ...worker, clock: { ...worker.clock, nowMs: () => nowMs } };
        await accrueMarked(ports, { tenantId: of.tenantId, subscriptionId });
      },
      publish: () => compileAndPublish(worker, 'application', applicationId),
      document: () => worker.db.within({}, (tx) => compileApplicationSnapshot(tx, applicationId, 1)),
      used: async () => Number(await worker.redis.hget(counter, 'u')),
      credit: () => worker.db.within({}, (tx) => prepaidCredit(tx, of)),
      /** Nano-units by account of the ledger. */
      async ledger(): Promise<Record<string, number>> {
        const rows = await worker.rows<{ account: string; sum: string }>(
          'SELECT account, sum(amount_nano) AS sum FROM ledger_entries WHERE tenant_id = $1 GROUP BY account ORDER BY account',
          of.tenantId,
        );
        return Object.fromEntries(rows.map(({ account, sum }) => [account, Number(sum)]));
      },
    };
  }

  const charge = (event: UsageEvent): bigint =>
    chargeOfCall(callPricing(pricingSchema.parse(PRICING)), event.model ?? '', event, quantitiesOf(event));

  it('are told to gateways with what is left, the same however much of it was booked', async () => {
    const { document, give, call, store, book, credit } = await customer();
    const [before] = (await document())?.subscriptions ?? [];
    expect(before?.credit).toMatchObject({ currency: 'USD', limits: [{ limitNano: '0', untilMs: null }] });
    expect(before?.credit?.prices).toMatchObject([{ pricing: { collection: 'prepaid' } }]);
    const end = new Date(Date.now() + 3_600_000);
    await give('0.000000100');
    await give('0.000000050', end);
    const limits = async () => (await document())?.subscriptions[0]?.credit?.limits;
    const told = [
      { limitNano: '150', untilMs: end.getTime() },
      { limitNano: '100', untilMs: null },
    ];
    expect(await limits()).toEqual(told);
    const events = [call({ outputTokens: 10 }), call({ outputTokens: 5 }), call({ status: 503 })];
    await store(...events);
    await book();
    expect((await credit()).chargedNano).toBe(events.reduce((sum, event) => sum + charge(event), 0n));
    expect((await credit()).chargedNano).toBe(12n);
    // Credit that ends first pays first: what stays beyond its end is more than was told.
    expect(await limits()).toEqual([told[0], { limitNano: '112', untilMs: null }]);
  });

  it('have a counter before gateways learn of it, which is raised to what is booked and held', async () => {
    const { publish, counter, used, call, store, book, give } = await customer();
    await publish();
    expect(await used()).toBe(0);
    await give('0.000001');
    await store(call({ outputTokens: 5 }));
    await book();
    await worker.redis.hset(`${counter}:held`, 'a call', `0:40:${Date.now() + 60_000}`);
    await alignCredit(worker);
    expect(await used()).toBe(45);
    // What gateways know of and is not booked yet counts.
    await worker.redis.hset(counter, 'u', 60);
    await alignCredit(worker);
    await publish();
    expect(await used()).toBe(60);
    expect(await worker.redis.pttl(counter)).toBeGreaterThan(86_400_000);
  });

  it('are lowered to what is booked once nothing has moved, runs or waits: what dead nodes held and roundings', async () => {
    const { counter, used, call, store, book, publish } = await customer();
    await publish();
    // Each rounds up by itself: four calls of 3.4.
    await store(...Array.from({ length: 4 }, () => call({ outputTokens: 1 })));
    await worker.redis.hset(counter, 'u', 16 + 500, 'o', 500);
    await book();
    await worker.redis.hset(`${counter}:held`, 'a call', `0:10:${Date.now() + 60_000}`);
    await alignCredit(worker, 0);
    await alignCredit(worker, 0);
    expect(await used()).toBe(516);
    await worker.redis.del(`${counter}:held`);
    // Not for long enough.
    await worker.redis.hset(counter, 'q', 516, 'w', Date.now());
    await alignCredit(worker, 60_000);
    expect(await used()).toBe(516);
    // Something waits to be rated.
    await store(call({ outputTokens: 5 }));
    await recomputeMarks(counter);
    await alignCredit(worker, 0);
    expect(await used()).toBe(516);
    await book();
    await alignCredit(worker, 0);
    expect(await used()).toBe(14 + 5);
    expect(await worker.redis.hexists(counter, 'o')).toBe(0);
  });

  /** The hour's sums are made, and the subscription is marked. */
  async function recomputeMarks(counter: string): Promise<void> {
    const tenantId = counter.slice(counter.indexOf('{') + 1, counter.indexOf('}'));
    const sql = 'SELECT hour FROM rollup_dirty_hours WHERE tenant_id = $1';
    for (const { hour } of await worker.rows<{ hour: Date }>(sql, tenantId)) {
      await recomputeHour(worker.pool, { tenantId, hour });
    }
  }

  it('come back with what runs after Redis has lost them: all that is stored, booked or not', async () => {
    const { counter, used, call, store, book, give, ledger } = await customer();
    await give('0.000000100');
    await store(call({ outputTokens: 10 }));
    await book();
    await store(call({ outputTokens: 5 }), call({ status: 404 }));
    await worker.redis.flushall();
    await worker.redis.hset(`${counter}:held`, 'a call', `r0:40:${Date.now() + 60_000}`);
    await restoreCounters(worker, { rules: () => [], waitMs: 0 });
    expect(await used()).toBe(7 + 5 + 40);
    expect(await worker.redis.exists(redisKeys.limitEpoch)).toBe(1);
    expect(await ledger()).toMatchObject({ credit_promotional: -100 + 12, unbilled: 0 });
  });

  it('are drawn from credit to the nano-unit, also from what has just run out, and never twice', async () => {
    const { call, store, book, give, ledger, credit, publisher } = await customer();
    const end = new Date(Date.now() + 60_000);
    await give('0.000000050', end);
    const events = Array.from({ length: 6 }, (_, at) => call({ outputTokens: at * 5 }));
    await store(...events);
    const drawn = events.reduce((sum, event) => sum + Number(charge(event)), 0);
    expect(drawn).toBe(48);
    // Stored and rated a while after its end: gateways held it against what was left then.
    await book(end.getTime() + 60_000);
    await store(...events.toReversed());
    await book(end.getTime() + 120_000);
    expect(await ledger()).toMatchObject({ unbilled: 0, credit_promotional: -50 + drawn });
    await expireCredit(worker.db, new Date(end.getTime() + 16 * 60_000));
    expect(await ledger()).toMatchObject({ credit_promotional: 0, promotion: 48, publisher_share: -48 });
    expect((await credit()).left).toEqual([]);
    const found = await Promise.all(BOOKS.map(({ sql }) => worker.rows<{ tenant_id: string }>(sql, new Date(0))));
    expect(found.flat().filter((row) => row.tenant_id === publisher.tenantId)).toEqual([]);
  });

  it('fall at once where something else took the credit, and gateways are told', async () => {
    const { publisher, consumer, give, document } = await customer();
    const other = await publishedApi(kit.db, publisher.tenantId);
    const told = async () =>
      (
        await worker.rows(
          "SELECT 1 FROM outbox_entries WHERE tenant_id = $1 AND topic = 'snapshot.application'",
          publisher.tenantId,
        )
      ).length;
    await give('0.000000100');
    const fee = { recurring: { amountNano: '31000000000' } };
    await setPlanPrice(publisher.owner, { api: other.slug, plan: 'free', pricing: fee });
    const { id: subscriptionId } = await requestSubscription(consumer.owner, {
      application: 'app',
      publisher: publisher.slug,
      api: other.slug,
      plan: 'free',
    });
    const before = await told();
    await accrueMarked(worker, { tenantId: publisher.tenantId, subscriptionId });
    expect(await told()).toBeGreaterThan(before);
    const limits = (await document())?.subscriptions.flatMap(({ credit }) => credit?.limits ?? []);
    expect(limits).toEqual([{ limitNano: '0', untilMs: null }]);
  });
});
