import { type Limit, limitSchema } from '@parley/contracts/snapshot';
import { z } from 'zod';

const WINDOWS: Readonly<Record<number, { each: string; ends: string }>> = {
  1: { each: 'a second', ends: 'the second' },
  60: { each: 'a minute', ends: 'the minute' },
  3600: { each: 'an hour', ends: 'the hour' },
  86_400: { each: 'a day', ends: 'the day (UTC)' },
  604_800: { each: 'a week', ends: 'the week' },
};

const COUNT = new Intl.NumberFormat('en-US');

/** Reads a plan's stored limits; what is not a list of limits reads as none. */
export function readLimits(stored: unknown): Limit[] {
  return z.array(limitSchema).catch([]).parse(stored);
}

/** One limit in words: “At most 100 requests a minute”. */
export function limitWords(limit: Limit): string {
  const window = WINDOWS[limit.windowSeconds];
  const requests = limit.requests === 1 ? '1 request' : `${COUNT.format(limit.requests)} requests`;
  return `At most ${requests} ${window?.each ?? `every ${COUNT.format(limit.windowSeconds)} seconds`}`;
}

/** What a caller meets at a plan's limits, one sentence each; says so when there are none. */
export function atTheLimit(limits: readonly Limit[]): string[] {
  if (limits.length === 0) return ['No limit on the number of requests.'];
  return limits.map((limit) => {
    const ends = WINDOWS[limit.windowSeconds]?.ends ?? 'the window';
    return `${limitWords(limit)}; over that, calls are answered 429 until ${ends} ends.`;
  });
}
