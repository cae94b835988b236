export type CalendarUnit = 'day' | 'week' | 'month';

/** Unix milliseconds; the end belongs to the next period. */
export interface CalendarPeriod {
  readonly startMs: number;
  readonly endMs: number;
}

const DAY_MS = 86_400_000;
/** Zones are less than 15 hours off UTC; a day that is left out (Samoa, 2011) needs room beyond that. */
const SEARCH_MS = 2 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone, calendar: 'iso8601', ...parts });
    formats.set(timeZone, format);
  }
  return format;
}

/** The date a wall calendar shows, as the UTC midnight of that date: dates are compared and counted with those. */
function localDate(timeMs: number, timeZone: string): number {
  const found = { year: 0, month: 0, day: 0 };
  for (const { type, value } of formatIn(timeZone).formatToParts(timeMs)) {
    if (type === 'year' || type === 'month' || type === 'day') found[type] = Number(value);
  }
  return Date.UTC(found.year, found.month - 1, found.day);
}

/** First moment at which the wall calendar shows `date` or a later one: midnight, or what stands in for it that day. */
function beginOf(date: number, timeZone: string): number {
  let before = date - SEARCH_MS;
  let after = date + SEARCH_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDate(middle, timeZone) >= date) after = middle;
    else before = middle;
  }
  return after;
}

function firstDate(date: number, unit: CalendarUnit, later: 0 | 1): number {
  const at = new Date(date);
  switch (unit) {
    case 'day':
      return date + later * DAY_MS;
    case 'week':
      return date - ((at.getUTCDay() + 6) % 7) * DAY_MS + later * 7 * DAY_MS;
    case 'month':
      return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later, 1);
  }
}

/**
 * The calendar period a moment lies in, by the clocks of an IANA time zone; weeks begin on Monday (ISO 8601). Exact where
 * clocks change: such days have 23 or 25 hours, and one without a midnight begins at its first moment. Throws
 * `RangeError` for an unknown zone.
 */
export function calendarPeriod(timeMs: number, unit: CalendarUnit, timeZone: string): CalendarPeriod {
  const date = localDate(timeMs, timeZone);
  return {
    startMs: beginOf(firstDate(date, unit, 0), timeZone),
    endMs: beginOf(firstDate(date, unit, 1), timeZone),
  };
}
