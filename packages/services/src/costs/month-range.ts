import { type BillingMonth, billingMonth, billingMonths } from '@parley/domain/rating/billing-month';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';

/** A month of the publisher's calendar, `2026-11`. */
export const monthShape = z.string().regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'Write a month such as 2026-11.');

const MOST_MONTHS = 24;

/** The month of that name in a time zone. */
export function monthNamed(name: string, timeZone: string): BillingMonth {
  return billingMonth(Date.parse(`${name}-15T12:00:00Z`), timeZone);
}

/** The months asked for, the oldest first; without an end up to now, without a beginning six of them. Throws `invalid_input`. */
export function monthRange(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  timeZone: string,
  nowMs: number = Date.now(),
): BillingMonth[] {
  const to = asked.to ?? billingMonth(nowMs, timeZone).name;
  const last = monthNamed(to, timeZone).period.startMs;
  if (asked.from === undefined) return billingMonths(0, last, timeZone, 6);
  if (asked.from > to) throw wrongField('to', 'The last month must not be before the first.');
  const months = billingMonths(monthNamed(asked.from, timeZone).period.startMs, last, timeZone, MOST_MONTHS + 1);
  if (months.length > MOST_MONTHS) throw wrongField('from', `At most ${MOST_MONTHS} months at once.`);
  return months;
}
