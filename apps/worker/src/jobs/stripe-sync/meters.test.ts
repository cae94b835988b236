import { newId } from '@parley/kernel/id';
import { ensureCustomer } from '@parley/services/stripe/customer';
import { sendTotals } from '@parley/services/stripe/send-totals';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, describe, expect, it } from 'vitest';
import { stripeBench } from '../../../test/stripe-account.ts';

const HOUR_MS = 3_600_000;
const bench = await stripeBench();
afterAll(() => bench.close());
const { simulator, worker, sync } = bench;

async function metered() {
  const account = await bench.account();
  const { publisherId: tenantId, accountId, consumerId } = account;
  const { customerId } = await ensureCustomer(bench.stripe, worker.db, { tenantId, accountId });
  const subscriptionId = newId();
  const use = (hour: Date, calls: number) =>
    worker.rows(
      `INSERT INTO billing_rollups (tenant_id, subscription_id, hour, quarter, plan_id, model, outcome, currency, consumer_tenant_id,
         event_count, input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_tokens, total_tokens,
         response_bytes, cost_nano, event_hash)
       VALUES ($1, $2, $3, 0, $1, 'swift', 'ok', 'USD', $4, $5, 10, 2, 0, 7, 0, 19, 100, 0, 1)
       ON CONFLICT (tenant_id, subscription_id, hour, quarter, plan_id, model, outcome, currency) DO UPDATE SET event_count = $5`,
      tenantId,
      subscriptionId,
      hour,
      consumerId,
      calls,
    );
  const atStripe = async (meter = 'requests') => {
    simulator.advance(0);
    const found = simulator.world.meters
      .all()
      .find((one) => one.event_name === `parley_${meter}` && one.status === 'active');
    const from = Math.floor(Date.now() / 86_400_000) * 86_400 - 3 * 86_400;
    const { data } = await bench.stripe.client.billing.meters.listEventSummaries(found?.id ?? '', {
      customer: customerId,
      start_time: from,
      end_time: from + 5 * 86_400,
    });
    return data[0]?.aggregated_value ?? 0;
  };
  return { ...account, customerId, use, atStripe };
}

const thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
const [twoAgo, oneAgo] = [new Date(thisHour - 2 * HOUR_MS), new Date(thisHour - HOUR_MS)];
const soon = () => worker.rows('UPDATE stripe_meter_totals SET next_try_at = now()');

describe('hourly totals', () => {
  it('are told for hours that are over, newer totals replace older ones, also back to an earlier value', async () => {
    const { use, atStripe } = await metered();
    await use(twoAgo, 5);
    await use(oneAgo, 3);
    await use(new Date(thisHour), 100);
    await sync('meters');
    expect(await atStripe()).toBe(8);
    expect(await atStripe('input_tokens')).toBe(24);
    for (const calls of [9, 5]) {
      await use(twoAgo, calls);
      await sync('meters');
      expect(await atStripe()).toBe(calls + 3);
    }
    const sent = simulator.calls.length;
    await sync('meters');
    expect(simulator.calls.slice(sent).filter((one) => one.path.includes('meter_events'))).toEqual([]);
  });

  it('count as delivered where Stripe has them already, and nothing counts twice after an outage of days', async () => {
    const { use, atStripe, accountId } = await metered();
    await use(twoAgo, 5);
    simulator.faults.plan('answerLost', { path: /meter_events/, times: 500 });
    await sync('meters');
    simulator.faults.clear();
    const unsent = () =>
      worker.rows(
        'SELECT meter FROM stripe_meter_totals WHERE billing_account_id = $1 AND sent_revision < revision',
        accountId,
      );
    expect(await unsent()).not.toEqual([]);
    // Within the time Stripe remembers identifiers: it says it has them.
    await soon();
    await sync('meters');
    expect(await unsent()).toEqual([]);
    expect(await atStripe()).toBe(5);
    // Long after it: the same totals again, under the same names.
    simulator.advance(3 * 86_400);
    await worker.rows(
      'UPDATE stripe_meter_totals SET sent_revision = 0, next_try_at = now() WHERE billing_account_id = $1',
      accountId,
    );
    await sync('meters');
    expect(await unsent()).toEqual([]);
    expect(await atStripe()).toBe(5);
    simulator.advance(-3 * 86_400);
  });

  it('of one customer are sent one after another, by one worker at a time', async () => {
    const { use, atStripe, customerId } = await metered();
    for (let hours = 2; hours < 12; hours += 1) await use(new Date(thisHour - hours * HOUR_MS), hours);
    await sync('meters');
    await soon();
    await worker.rows('UPDATE stripe_meter_totals SET revision = revision + 1');
    const before = simulator.calls.length;
    const results = await Promise.all([1, 2, 3].map(() => sendTotals(bench.stripe, worker.db)));
    expect(results.filter((one) => one.sent > 0).length).toBeGreaterThan(0);
    const ours = simulator.calls.slice(before).filter((one) => one.body.includes(customerId));
    const names = ours.map((one) => new URLSearchParams(one.body).get('identifier'));
    expect(new Set(names).size).toBe(names.length);
    expect(await atStripe()).toBe(65);
  });

  it('that Stripe took and could not count are sent again under another name once it has said so', async () => {
    const { use, atStripe, accountId, customerId } = await metered();
    await use(oneAgo, 6);
    const customer = simulator.world.customers.get(customerId);
    simulator.world.customers.remove(customerId);
    await sync('meters');
    simulator.advance(0);
    simulator.world.customers.add(customer);
    await waitFor('the report', async () => {
      await sync('events');
      const rows = await worker.rows<{ last_error: string }>(
        'SELECT last_error FROM stripe_meter_totals WHERE billing_account_id = $1 AND sent_revision < revision',
        accountId,
      );
      return rows.length === 4 && rows.every((row) => row.last_error === 'meter_event_customer_not_found');
    });
    expect(await atStripe()).toBe(0);
    await soon();
    await sync('meters');
    expect(await atStripe()).toBe(6);
  });

  it('are not sent to a meter of that name that would count them otherwise', async () => {
    const { use } = await metered();
    await use(oneAgo, 1);
    const meter = simulator.world.meters
      .all()
      .find((one) => one.event_name === 'parley_requests' && one.status === 'active');
    await bench.stripe.client.billing.meters.deactivate(meter?.id ?? '');
    const other = await bench.stripe.client.billing.meters.create({
      display_name: 'Somebody’s',
      event_name: 'parley_requests',
      default_aggregation: { formula: 'count' },
    });
    await expect(sync('meters')).rejects.toThrow('does not sum hourly totals');
    await bench.stripe.client.billing.meters.deactivate(other.id);
    await sync('meters');
  });
});
