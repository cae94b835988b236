import { divideRounded } from '@parley/kernel/money';
import type { CalendarPeriod } from '../calendar-period.ts';

/**
 * The share of a month's amount that falls to a part of the month, by milliseconds. Rounded at the part's two ends rather than
 * on its length, so that the parts of a month sum to the whole exactly, however it is cut. `part` lies within `month`.
 */
export function prorate(amount: bigint, part: CalendarPeriod, month: CalendarPeriod): bigint {
  const length = BigInt(month.endMs - month.startMs);
  const until = (ms: number) => divideRounded(amount * BigInt(ms - month.startMs), length);
  return until(part.endMs) - until(part.startMs);
}
