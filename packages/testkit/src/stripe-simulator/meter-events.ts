import type { Meter } from './resources/meters.ts';
import type { World } from './world.ts';

export interface MeterEvent {
  readonly eventName: string;
  readonly identifier: string;
  readonly payload: Readonly<Record<string, string>>;
  /** Unix seconds: when it was used, and when it was received. */
  readonly timestamp: number;
  readonly received: number;
  state: 'waiting' | 'counted' | 'refused' | 'cancelled';
}

const HOUR = 3_600;
const WINDOW = { hour: HOUR, day: 24 * HOUR } as const;
const MAX_DIGITS = 15;

/**
 * The processing of meter events after they were accepted, which Stripe does later: what cannot be counted is only told by
 * thin events (`v1.billing.meter.no_meter_found`, `….error_report_triggered`).
 */
export class MeterEvents {
  readonly events: MeterEvent[] = [];
  readonly #world: World;
  #planned = false;

  constructor(world: World) {
    this.#world = world;
  }

  take(event: MeterEvent): void {
    this.events.push(event);
    if (this.#planned) return;
    this.#planned = true;
    setTimeout(() => this.settle(), 5).unref();
  }

  /** Counts what waits. */
  settle(): void {
    this.#planned = false;
    for (const event of this.events) if (event.state === 'waiting') this.#count(event);
  }

  #count(event: MeterEvent): void {
    const named = this.#world.meters.all().filter((meter) => meter.event_name === event.eventName);
    const meter = named.find((one) => one.status === 'active') ?? named[0];
    const fault = meter === undefined ? 'no_meter' : this.#faultOf(event, meter);
    event.state = fault === null ? 'counted' : 'refused';
    if (fault !== null) this.#report(event, fault, meter);
  }

  #faultOf(event: MeterEvent, meter: Meter): string | null {
    if (meter.status === 'inactive') return 'archived_meter';
    const customer = event.payload[meter.customer_mapping.event_payload_key];
    if (customer === undefined) return 'meter_event_no_customer_defined';
    if (!this.#world.customers.find(customer)) return 'meter_event_customer_not_found';
    if (meter.default_aggregation.formula === 'count') return null;
    const value = event.payload[meter.value_settings.event_payload_key] ?? '';
    if (!/^-?\d+(\.\d+)?$/.test(value)) return 'meter_event_invalid_value';
    return value.replace(/\D/g, '').length > MAX_DIGITS ? 'meter_event_value_too_many_digits' : null;
  }

  #report(event: MeterEvent, code: string, meter: Meter | undefined): void {
    const at = new Date(this.#world.now() * 1000).toISOString();
    const sample = {
      error_message: `The event could not be counted: ${code}`,
      request: { identifier: event.identifier },
    };
    this.#world.emitThin(
      meter ? 'v1.billing.meter.error_report_triggered' : 'v1.billing.meter.no_meter_found',
      meter ? { id: meter.id, type: 'billing.meter', url: `/v1/billing/meters/${meter.id}` } : null,
      {
        developer_message_summary: `There is 1 invalid event: ${code}`,
        reason: { error_count: 1, error_types: [{ code, error_count: 1, sample_errors: [sample] }] },
        validation_start: at,
        validation_end: at,
      },
    );
  }

  /**
   * What a meter says of a customer within [from, until), Unix seconds; `null` where nothing was counted. With a window,
   * the event received last within each hour or day (UTC) stands for all of it.
   */
  value(meter: Meter, customer: string, from: number, until: number): number | null {
    const counted = this.events.filter(
      (event) =>
        event.state === 'counted' &&
        event.eventName === meter.event_name &&
        event.payload[meter.customer_mapping.event_payload_key] === customer &&
        event.timestamp >= from &&
        event.timestamp < until,
    );
    if (counted.length === 0) return null;
    const size = meter.event_time_window === null ? null : WINDOW[meter.event_time_window];
    const standing =
      size === null
        ? counted
        : [...new Map(counted.map((event) => [Math.floor(event.timestamp / size), event])).values()];
    const values = standing.map((event) => Number(event.payload[meter.value_settings.event_payload_key] ?? 0));
    const formula = meter.default_aggregation.formula;
    if (formula === 'count') return values.length;
    if (formula === 'sum') return values.reduce((sum, value) => sum + value, 0);
    const latest = standing.reduce((one, other) => (other.timestamp >= one.timestamp ? other : one));
    return Number(latest.payload[meter.value_settings.event_payload_key] ?? 0);
  }
}

const OF_WORLD = new WeakMap<World, MeterEvents>();

export function metersOf(world: World): MeterEvents {
  const known = OF_WORLD.get(world) ?? new MeterEvents(world);
  OF_WORLD.set(world, known);
  return known;
}
