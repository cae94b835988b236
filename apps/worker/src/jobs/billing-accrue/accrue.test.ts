import type { planPricingSchema } from '@parley/contracts/plan-pricing';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { newId } from '@parley/kernel/id';
import { createApplication } from '@parley/services/applications/create';
import { giveCredit } from '@parley/services/credit-grants/give';
import { setPlanPrice } from '@parley/services/plans/set-price';
import { cancelSubscription } from '@parley/services/subscriptions/cancel';
import { requestSubscription } from '@parley/services/subscriptions/request';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { testWorker } from '../../../test/test-worker.ts';
import { idAt, usageEvent } from '../../../test/usage-events.ts';
import { usageIngest } from '../usage-ingest/handle.ts';
import { recomputeHour } from '../usage-rollup/recompute.ts';
import { accrueMarked } from './accrue-marked.ts';
import { billingAccrue } from './handle.ts';

const worker = testWorker();
const kit = testContext();
afterAll(async () => {
  await worker.close();
  await kit.close();
});

const HOUR_MS = 3_600_000;
const PER_CALL = { kind: 'perUnit', nanoPerMillion: '2000000' } as const;
const calls = (more: object = {}) =>
  ({ id: 'calls', name: 'Calls', meter: 'requests', charge: PER_CALL, ...more }) as const;

/** A subscription to a plan with this price, whose publisher and consumer are made for it. */
async function subscribed(pricing: z.input<typeof planPricingSchema>) {
  const publisher = await kit.tenant('Acme');
  const consumer = await kit.tenant('Shop Ltd');
  const api = await publishedApi(kit.db, publisher.tenantId);
  await createApplication(consumer.owner, { slug: 'app', name: 'App' });
  await setPlanPrice(publisher.owner, { api: api.slug, plan: 'free', pricing });
  const { id } = await requestSubscription(consumer.owner, {
    application: 'app',
    publisher: publisher.slug,
    api: api.slug,
    plan: 'free',
  });
  const { tenantId } = publisher;
  const marked = { tenantId, subscriptionId: id };
  const nowMs = Date.now();
  const alike = {
    tenantId,
    consumerTenantId: consumer.tenantId,
    subscriptionId: id,
    planId: api.autoPlanId,
    currency: 'USD',
  };
  return {
    publisher,
    consumer,
    marked,
    call: (given: Partial<UsageEvent> = {}) => usageEvent({ ...alike, id: idAt(nowMs), ...given }),
    async arrive(...events: UsageEvent[]) {
      await worker.run(usageIngest, { segmentId: newId(), events });
      const hours = await worker.rows<{ hour: Date }>(
        'SELECT hour FROM rollup_dirty_hours WHERE tenant_id = $1',
        tenantId,
      );
      for (const { hour } of hours) await recomputeHour(worker.pool, { tenantId, hour });
    },
    accrue: (nowAt = nowMs + 1000) =>
      accrueMarked({ ...worker, clock: { ...worker.clock, nowMs: () => nowAt } }, marked),
    /** Nano-units accrued, and how many transactions it took. */
    async ledger() {
      const [row] = await worker.rows<{ sum: string | null; posted: string }>(
        `SELECT (SELECT sum(amount_nano) FROM ledger_entries WHERE tenant_id = $1 AND account = 'unbilled') AS sum,
           (SELECT count(*) FROM ledger_transactions WHERE tenant_id = $1 AND kind = 'accrual') AS posted`,
        tenantId,
      );
      return [Number(row?.sum ?? 0), Number(row?.posted)];
    },
    lines: () =>
      worker.rows<{ line: string; quantity: string; amount: string }>(
        `SELECT split_part(line, '/', 1) AS line, sum(quantity) AS quantity, sum(amount_nano) AS amount FROM accrual_lines
         WHERE tenant_id = $1 GROUP BY 1 ORDER BY 1`,
        tenantId,
      ),
    marks: () => worker.rows('SELECT 1 FROM rating_marks WHERE tenant_id = $1', tenantId),
  };
}

describe('what a subscription owes', () => {
  it('is posted once, however often the same usage comes and is rated', async () => {
    const one = await subscribed({ rules: [calls({ included: 1_000_000_000 })] });
    const paid = await subscribed({ rules: [calls()] });
    const events = [
      paid.call(),
      paid.call(),
      paid.call({ status: 503 }),
      paid.call({ code: 'rate_limited', status: 429, attempts: 0 }),
    ];
    await paid.arrive(...events);
    await paid.accrue();
    expect(await paid.ledger()).toEqual([4, 1]);
    await paid.arrive(...events, ...events.toReversed());
    await paid.accrue();
    await Promise.all([paid.accrue(), paid.accrue(), paid.accrue()]);
    expect(await paid.ledger()).toEqual([4, 1]);
    expect(await paid.marks()).toEqual([]);
    await one.arrive(one.call());
    await one.accrue();
    expect([await one.ledger(), await one.lines()]).toEqual([[0, 1], [{ line: 'usage', quantity: '1', amount: '0' }]]);
  });

  it('is told to gateways when its account is opened and when credit begins or ends, not in between', async () => {
    const { publisher, consumer, call, arrive, accrue } = await subscribed({ collection: 'prepaid', rules: [calls()] });
    const told = async () => {
      const sql = `SELECT count(*)::int AS told FROM outbox_entries WHERE tenant_id = $1 AND topic = 'snapshot.application'`;
      return (await worker.rows<{ told: number }>(sql, publisher.tenantId))[0]?.told ?? 0;
    };
    const before = await told();
    await arrive(call());
    await accrue();
    expect(await told()).toBe(before + 1);
    // Pays for the first call at once, which is told with the gift itself, and leaves room for two more.
    await giveCredit(publisher.owner, { customer: consumer.slug, amount: '0.000000006' });
    const given = await told();
    expect(given).toBeGreaterThan(before + 1);
    await arrive(call());
    await accrue();
    expect(await told()).toBe(given);
    await arrive(call());
    await accrue();
    expect(await told()).toBe(given + 1);
    await arrive(call());
    await accrue();
    expect(await told()).toBe(given + 1);
  });

  it('grows by what comes late, and by nothing else, also while many rate it at once', async () => {
    const { call, arrive, accrue, ledger, lines } = await subscribed({ rules: [calls()] });
    await arrive(call());
    await accrue();
    for (const round of [1, 2, 3]) {
      await Promise.all([arrive(call(), call()), accrue(), accrue()]);
      await accrue();
      expect((await ledger())[0]).toBe(2 + round * 4);
    }
    expect(await lines()).toEqual([{ line: 'usage', quantity: '7', amount: '14' }]);
  });

  it('holds the fee for the rest of the month, and gives back what is left of it at the end', async () => {
    const { consumer, marked, accrue, ledger, lines } = await subscribed({
      recurring: { amountNano: '31000000000000' },
    });
    await accrue();
    const [before] = await ledger();
    expect(before).toBeGreaterThan(0);
    await cancelSubscription(consumer.owner, { id: marked.subscriptionId });
    await accrue(Date.now() + 1000);
    const [after, posted] = await ledger();
    expect(posted).toBe(2);
    // Seconds of a month.
    expect(after).toBeLessThan(31_000_000_000_000 / 28 / 24 / 30);
    expect(after).toBeGreaterThan(0);
    expect((await lines()).map(({ line }) => line)).toEqual(['recurring']);
  });

  it('is asked for by the job a while after usage came; the mark of one that fails waits for the next time', async () => {
    const { marked, call, arrive, ledger, marks } = await subscribed({ rules: [calls()] });
    await arrive(call());
    await worker.run(billingAccrue, {});
    expect(await ledger()).toEqual([0, 0]);
    const settled = `UPDATE rating_marks SET marked_at = marked_at - interval '1 minute' WHERE tenant_id = $1`;
    await worker.rows(settled, marked.tenantId);
    const price = `UPDATE plan_prices SET pricing = jsonb_set(pricing, '{collection}', $2) WHERE tenant_id = $1`;
    const owner = await ownerOf();
    await owner.query(price, [marked.tenantId, '"nonsense"']);
    await worker.run(billingAccrue, {});
    expect([(await ledger())[1], (await marks()).length]).toEqual([0, 1]);
    await owner.query(price, [marked.tenantId, '"invoice"']);
    await owner.end();
    await worker.rows(settled, marked.tenantId);
    await worker.run(billingAccrue, {});
    expect([await ledger(), await marks()]).toEqual([[2, 1], []]);
  });

  it('tells what cannot be charged: a cost in another currency', async () => {
    const rules = [
      { id: 'models', name: 'Models', meter: 'cost', charge: { kind: 'markup', ppm: 1_500_000 } } as const,
    ];
    const { call, arrive, accrue, ledger } = await subscribed({ rules });
    await arrive(call({ costNano: '100' }), call({ costNano: '70', currency: 'EUR' }));
    expect(await accrue()).toMatchObject([{ ruleId: 'models', currency: 'EUR', quantity: 70n }]);
    expect((await ledger())[0]).toBe(150);
  });

  it('of usage before the subscription’s price is nothing, whatever hour it comes in', async () => {
    const { call, arrive, accrue, ledger } = await subscribed({ rules: [calls()] });
    await arrive(call({ id: idAt(Date.now() - 2 * HOUR_MS) }));
    await accrue();
    expect(await ledger()).toEqual([0, 0]);
  });
});

/** The owner of the tables: prices are never changed by anybody else. */
async function ownerOf(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
  await client.connect();
  return client;
}
