const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';

/** The three forms of RFC 9110 §5.6.7; names of days are not compared with the date. */
const FORMS = [
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>\\d\\d| \\d) ${TIME} (?<year>\\d{4})$`),
];
/** A two-digit year more than 50 years ahead is one of the past. */
const CENTURY_AHEAD = 50;

function fullYear(text: string, nowMs: number): number {
  const year = Number(text);
  if (text.length === 4) return year;
  const thisYear = new Date(nowMs).getUTCFullYear();
  const guess = Math.floor(thisYear / 100) * 100 + year;
  return guess > thisYear + CENTURY_AHEAD ? guess - 100 : guess;
}

/** Reads an HTTP date, strictly; `null` for anything else. Milliseconds since the Unix epoch. */
export function parseHttpDate(text: string, nowMs: number): number | null {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (!parts) continue;
    const { day, month, year, hour, minute, second } = parts as Record<string, string>;
    const [d, m] = [Number(day), MONTHS.indexOf(month as (typeof MONTHS)[number])];
    const ms = Date.UTC(fullYear(year ?? '', nowMs), m, d, Number(hour), Number(minute), Number(second));
    return new Date(ms - (second === '60' ? 1000 : 0)).getUTCDate() === d ? ms : null;
  }
  return null;
}
