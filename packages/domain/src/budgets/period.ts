import type { BudgetPeriod } from '@parley/contracts/budget';
import { type CalendarPeriod, calendarPeriod } from '../calendar-period.ts';

/** What is never over ends here; the gateway's counters say the same. */
export const NEVER_MS = Date.UTC(2100, 0, 1);

/** The period of a budget that a moment lies in, Unix milliseconds, by the clocks of an IANA time zone. */
export function budgetPeriod(nowMs: number, period: BudgetPeriod, timeZone: string): CalendarPeriod {
  return period === 'total' ? { startMs: 0, endMs: NEVER_MS } : calendarPeriod(nowMs, period, timeZone);
}
