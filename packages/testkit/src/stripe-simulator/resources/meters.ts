import { z } from 'zod';
import type { Thing } from '../collection.ts';
import { type MeterEvent, metersOf } from '../meter-events.ts';
import { expand, integer, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { missing, refused } from '../stripe-error.ts';

export interface Meter extends Thing {
  object: 'billing.meter';
  display_name: string;
  event_name: string;
  event_time_window: 'day' | 'hour' | null;
  default_aggregation: { formula: 'count' | 'last' | 'sum' };
  customer_mapping: { type: 'by_id'; event_payload_key: string };
  value_settings: { event_payload_key: string };
  status: 'active' | 'inactive';
  status_transitions: { deactivated_at: number | null };
  updated: number;
  livemode: false;
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
const PAST = 35 * DAY;
const FUTURE = 5 * MINUTE;
const DEDUPE = DAY;
const STEP = { hour: HOUR, day: DAY } as const;

const shownEvent = (event: MeterEvent) => ({
  object: 'billing.meter_event',
  created: event.received,
  event_name: event.eventName,
  identifier: event.identifier,
  payload: event.payload,
  timestamp: event.timestamp,
  livemode: false,
});

export const meterRoutes = [
  defineRoute('POST /v1/billing/meters', {
    params: z.strictObject({
      display_name: text(250),
      event_name: text(100),
      default_aggregation: z.strictObject({ formula: z.enum(['count', 'last', 'sum']) }),
      event_time_window: z.enum(['day', 'hour']).optional(),
      customer_mapping: z.strictObject({ type: z.literal('by_id'), event_payload_key: text(100) }).optional(),
      value_settings: z.strictObject({ event_payload_key: text(100) }).optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      if (world.meters.all().some((meter) => meter.event_name === params.event_name && meter.status === 'active')) {
        throw refused(
          `An active meter already uses the event name ${params.event_name}.`,
          'resource_already_exists',
          'event_name',
        );
      }
      const meter: Meter = {
        id: world.id('mtr_test'),
        object: 'billing.meter',
        created: world.now(),
        updated: world.now(),
        display_name: params.display_name,
        event_name: params.event_name,
        event_time_window: params.event_time_window ?? null,
        default_aggregation: params.default_aggregation,
        customer_mapping: params.customer_mapping ?? { type: 'by_id', event_payload_key: 'stripe_customer_id' },
        value_settings: params.value_settings ?? { event_payload_key: 'value' },
        status: 'active',
        status_transitions: { deactivated_at: null },
        livemode: false,
      };
      world.meters.add(meter);
      world.emit('billing.meter.created', meter);
      return meter;
    },
  }),
  defineRoute('GET /v1/billing/meters', {
    params: z.strictObject({ ...paging, status: z.enum(['active', 'inactive']).optional() }),
    handle: ({ world, params }) =>
      world.meters.page(params, (meter) => params.status === undefined || meter.status === params.status),
  }),
  defineRoute('GET /v1/billing/meters/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.meters.get(id),
  }),
  // All but the display name is fixed for good.
  defineRoute('POST /v1/billing/meters/{id}', {
    params: z.strictObject({ display_name: text(250).optional(), ...expand }),
    handle: ({ world, id, params }) => {
      const meter = world.meters.get(id);
      meter.display_name = params.display_name ?? meter.display_name;
      meter.updated = world.now();
      world.emit('billing.meter.updated', meter);
      return meter;
    },
  }),
  ...(['deactivate', 'reactivate'] as const).map((act) =>
    defineRoute(`POST /v1/billing/meters/{id}/${act}`, {
      params: z.strictObject(expand),
      handle: ({ world, id }) => {
        const meter = world.meters.get(id);
        meter.status = act === 'deactivate' ? 'inactive' : 'active';
        meter.status_transitions.deactivated_at = act === 'deactivate' ? world.now() : null;
        world.emit(`billing.meter.${act}d`, meter);
        return meter;
      },
    }),
  ),
  defineRoute('POST /v1/billing/meter_events', {
    params: z.strictObject({
      event_name: text(100),
      payload: z.record(text(100), text(100)),
      identifier: text(100).optional(),
      timestamp: integer().optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      const { events } = metersOf(world);
      const received = world.now();
      const identifier = params.identifier ?? world.id('evt');
      const timestamp = params.timestamp ?? received;
      if (timestamp < received - PAST) {
        throw refused(
          'The timestamp must be within the past 35 calendar days.',
          'timestamp_too_far_in_past',
          'timestamp',
        );
      }
      if (timestamp > received + FUTURE) {
        throw refused(
          'The timestamp must not be more than 5 minutes in the future.',
          'timestamp_in_future',
          'timestamp',
        );
      }
      if (events.some((event) => event.identifier === identifier && event.received > received - DEDUPE)) {
        throw refused(`An event already exists with identifier ${identifier}.`);
      }
      const event: MeterEvent = {
        eventName: params.event_name,
        identifier,
        payload: params.payload,
        timestamp,
        received,
        state: 'waiting',
      };
      metersOf(world).take(event);
      return shownEvent(event);
    },
  }),
  defineRoute('POST /v1/billing/meter_event_adjustments', {
    params: z.strictObject({
      event_name: text(100),
      type: z.literal('cancel'),
      cancel: z.strictObject({ identifier: text(100) }),
      ...expand,
    }),
    handle: ({ world, params }) => {
      const event = metersOf(world).events.find(
        (one) => one.identifier === params.cancel.identifier && one.eventName === params.event_name,
      );
      if (!event) throw missing('meter event', params.cancel.identifier, 'cancel[identifier]');
      if (event.received < world.now() - DEDUPE) {
        throw refused('Events can only be cancelled within 24 hours of receipt.', undefined, 'cancel[identifier]');
      }
      event.state = 'cancelled';
      return {
        object: 'billing.meter_event_adjustment',
        event_name: params.event_name,
        type: 'cancel',
        cancel: params.cancel,
        status: 'complete',
        livemode: false,
      };
    },
  }),
  defineRoute('GET /v1/billing/meters/{id}/event_summaries', {
    params: z.strictObject({
      ...paging,
      customer: text(),
      start_time: integer(),
      end_time: integer(),
      value_grouping_window: z.enum(['hour', 'day']).optional(),
    }),
    handle: ({ world, id, params }) => {
      const meter = world.meters.get(id);
      world.customers.get(params.customer, 'customer');
      const step = params.value_grouping_window === undefined ? MINUTE : STEP[params.value_grouping_window];
      for (const name of ['start_time', 'end_time'] as const) {
        if (params[name] % step !== 0)
          throw refused(`${name} must be aligned with the window's boundaries.`, undefined, name);
      }
      const size = params.value_grouping_window === undefined ? params.end_time - params.start_time : step;
      const data = [];
      for (let from = params.start_time; from < params.end_time; from += size) {
        const value = metersOf(world).value(meter, params.customer, from, from + size);
        if (value === null && params.value_grouping_window !== undefined) continue;
        data.push({
          id: `mtrusg_${meter.id.slice(-8)}_${from}_${from + size}`,
          object: 'billing.meter_event_summary',
          aggregated_value: value ?? 0,
          start_time: from,
          end_time: from + size,
          meter: id,
          livemode: false,
        });
      }
      const found = data.reverse();
      const after =
        params.starting_after === undefined ? 0 : found.findIndex((one) => one.id === params.starting_after) + 1;
      const limit = params.limit ?? 10;
      return {
        object: 'list',
        data: found.slice(after, after + limit),
        has_more: after + limit < found.length,
        url: `/v1/billing/meters/${id}/event_summaries`,
      };
    },
  }),
];
