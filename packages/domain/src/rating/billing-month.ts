import { type CalendarPeriod, calendarPeriod } from '../calendar-period.ts';

/** A calendar month of a publisher, `2026-11`, and when it begins and ends. */
export interface BillingMonth {
  readonly name: string;
  readonly period: CalendarPeriod;
}

/** The month a moment lies in, by the clocks of an IANA time zone. Throws `RangeError` for an unknown zone. */
export function billingMonth(timeMs: number, timeZone: string): BillingMonth {
  const period = calendarPeriod(timeMs, 'month', timeZone);
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
  }).formatToParts(period.startMs);
  const part = (wanted: 'year' | 'month') => parts.find(({ type }) => type === wanted)?.value ?? '';
  return { name: `${part('year')}-${part('month')}`, period };
}

/** The months from that of one moment to that of another, in order; at most `atMost`, the last ones. */
export function billingMonths(fromMs: number, toMs: number, timeZone: string, atMost = 13): BillingMonth[] {
  const months = [billingMonth(toMs, timeZone)];
  for (let first = months[0]; first && first.period.startMs > fromMs && months.length < atMost; first = months[0]) {
    months.unshift(billingMonth(first.period.startMs - 1, timeZone));
  }
  return months;
}
