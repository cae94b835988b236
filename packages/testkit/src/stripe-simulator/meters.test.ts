import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../wait-for.ts';
import { type StripeSimulator, startStripeSimulator } from './start.ts';
import { refusal, sdkFor } from './test-stripe.ts';

const HOUR = 3_600;
let simulator: StripeSimulator;
beforeAll(async () => {
  simulator = await startStripeSimulator({ requestsPerSecond: 10_000 });
});
afterAll(() => simulator.close());
const sdk = () => sdkFor(simulator);

async function meterAndCustomer(given: { window?: 'hour' | 'day'; formula?: 'sum' | 'count' | 'last' } = {}) {
  const event = `usage_${randomUUID().slice(0, 8)}`;
  const meter = await sdk().billing.meters.create({
    display_name: 'Usage',
    event_name: event,
    default_aggregation: { formula: given.formula ?? 'sum' },
    ...(given.window === undefined ? {} : { event_time_window: given.window }),
  });
  const customer = await sdk().customers.create({ name: 'Metered' });
  const hour = Math.floor(simulator.world.now() / HOUR) * HOUR;
  const send = (value: string, timestamp: number, identifier?: string, to = customer.id) =>
    sdk().billing.meterEvents.create({
      event_name: event,
      timestamp,
      payload: { stripe_customer_id: to, value },
      ...(identifier === undefined ? {} : { identifier }),
    });
  const total = async (from = hour - 24 * HOUR, until = hour + HOUR) => {
    simulator.advance(0);
    const found = await sdk().billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: from,
      end_time: until,
    });
    return found.data[0]?.aggregated_value;
  };
  return { event, meter, customer, hour, send, total };
}

describe('meter events', () => {
  it('with an identifier that was used in the last 24 hours are refused, and counted twice after them', async () => {
    const { hour, send, total } = await meterAndCustomer();
    await send('5', hour, 'fact-1');
    expect(await refusal(send('5', hour, 'fact-1'))).toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      message: 'An event already exists with identifier fact-1.',
    });
    expect(await total()).toBe(5);
    simulator.advance(24 * HOUR + 1);
    await send('5', hour, 'fact-1');
    expect(await total()).toBe(10);
  });

  it('of a pre-aggregated meter overwrite one another within the hour: the last received stands', async () => {
    const { hour, send, total, meter, customer } = await meterAndCustomer({ window: 'hour' });
    await send('5', hour + 10);
    await send('9', hour + 5);
    await send('3', hour - HOUR);
    expect(await total()).toBe(12);
    const byHour = await sdk().billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: hour - HOUR,
      end_time: hour + HOUR,
      value_grouping_window: 'hour',
    });
    expect(byHour.data.map((one) => one.aggregated_value)).toEqual([9, 3]);
  });

  it('are taken from 35 days ago to five minutes ahead', async () => {
    const { send } = await meterAndCustomer();
    const now = simulator.world.now();
    await send('1', now - 35 * 86_400 + 60);
    await send('1', now + 299);
    expect(await refusal(send('1', now - 35 * 86_400 - 60))).toMatchObject({ code: 'timestamp_too_far_in_past' });
    expect(await refusal(send('1', now + 400))).toMatchObject({ code: 'timestamp_in_future' });
    expect(await refusal(send('1', now, 'x'.repeat(101)))).toMatchObject({ param: 'identifier' });
  });

  it('that cannot be counted are accepted, and told of later by thin events only', async () => {
    const { meter, send, hour, event } = await meterAndCustomer();
    await send('1', hour, 'nobodys', 'cus_nobody');
    await send('many', hour, 'no-number');
    simulator.advance(0);
    await sdk().billing.meters.deactivate(meter.id);
    await send('1', hour, 'archived');
    await sdk().billing.meterEvents.create({
      event_name: `${event}_not`,
      payload: { value: '1' },
      identifier: 'unheard',
    });
    const codeOf = (identifier: string) =>
      waitFor(`the report about ${identifier}`, async () => {
        const found = [...simulator.world.thinEvents.values()].find((one) =>
          JSON.stringify(one.data).includes(`"${identifier}"`),
        );
        if (!found) return null;
        const fetched = await sdk().v2.core.events.retrieve(found.id);
        const { type, data } = fetched as unknown as {
          type: string;
          data: { reason: { error_types: { code: string }[] } };
        };
        return `${type} ${data.reason.error_types[0]?.code}`;
      });
    expect(await codeOf('nobodys')).toBe('v1.billing.meter.error_report_triggered meter_event_customer_not_found');
    expect(await codeOf('no-number')).toBe('v1.billing.meter.error_report_triggered meter_event_invalid_value');
    expect(await codeOf('archived')).toBe('v1.billing.meter.error_report_triggered archived_meter');
    expect(await codeOf('unheard')).toBe('v1.billing.meter.no_meter_found no_meter');
  });

  it('can be cancelled by identifier for 24 hours', async () => {
    const { event, hour, send, total } = await meterAndCustomer();
    await send('4', hour, 'mistake');
    await send('1', hour, 'right');
    const cancel = (identifier: string) =>
      sdk().billing.meterEventAdjustments.create({ event_name: event, type: 'cancel', cancel: { identifier } });
    await cancel('mistake');
    expect(await total()).toBe(1);
    simulator.advance(25 * HOUR);
    expect(await refusal(cancel('right'))).toMatchObject({ statusCode: 400 });
  });

  it('keep what a meter is for good, and one active meter for a name', async () => {
    const { meter, event } = await meterAndCustomer();
    const changed = sdk().billing.meters.update(meter.id, { event_name: 'other' } as never);
    expect(await refusal(changed)).toMatchObject({ code: 'parameter_unknown' });
    const twin = sdk().billing.meters.create({
      display_name: 'x',
      event_name: event,
      default_aggregation: { formula: 'sum' },
    });
    expect(await refusal(twin)).toMatchObject({ statusCode: 400 });
  });
});
