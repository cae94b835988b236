import type { LimitRule } from '@parley/contracts/policies/limits';
import { type CalendarPeriod, calendarPeriod } from '../calendar-period.ts';

/** What never begins anew ends here, as far as stores are concerned. */
export const NEVER_MS = Date.UTC(2100, 0, 1);

/** The period in which a window or quota counts what happens at that moment; `null` for rules that count otherwise. */
export function limitPeriod(rule: LimitRule, timeZone: string, atMs: number): CalendarPeriod | null {
  if (rule.algorithm === 'window') {
    const lengthMs = rule.periodSeconds * 1000;
    const startMs = Math.floor(atMs / lengthMs) * lengthMs;
    return { startMs, endMs: startMs + lengthMs };
  }
  if (rule.algorithm !== 'quota') return null;
  return rule.every === 'total' ? { startMs: 0, endMs: NEVER_MS } : calendarPeriod(atMs, rule.every, timeZone);
}
