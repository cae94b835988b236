import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { timeShape } from '../shapes.ts';
import { SqlValues } from './sql-values.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const RANGES = {
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
  '90d': 90 * DAY_MS,
} as const;
const LONGEST_MS = 400 * DAY_MS;

/** A time range: by name up to now, or from one moment to another. */
export const rangeInput = z.object({
  range: z.enum(['1h', '6h', '24h', '7d', '30d', '90d']).default('24h'),
  /** Both or neither; they win over `range`. */
  from: timeShape.optional(),
  to: timeShape.optional(),
  /** Days are counted in this zone (IANA name). */
  timeZone: z
    .string()
    .max(64)
    .default('UTC')
    .refine(isTimeZone, 'This is not a time zone: use a name such as Europe/Berlin.'),
});
export type RangeInput = z.output<typeof rangeInput>;

export type Step = 'minute' | 'hour' | 'day';

/** A range cut into steps. Up to two hours it is read from the calls themselves, by minute; beyond from the rollup. */
export interface Window {
  readonly step: Step;
  readonly timeZone: string;
  /** Starts of all steps, Unix ms. */
  readonly startsMs: readonly number[];
  readonly fromMs: number;
  /** End of the last step, not included. */
  readonly toMs: number;
}

/** The longest span that is read from the calls themselves. */
const BY_CALL_MS = 2 * HOUR_MS;
const BY_HOUR_MS = 8 * DAY_MS;

/** The window of a range, whole steps that hold all of it. Throws `invalid_input` for a range that cannot be. */
export async function openWindow(tx: Transaction, input: RangeInput, nowMs: number = Date.now()): Promise<Window> {
  const { fromMs, toMs } = bounds(input, nowMs);
  const span = toMs - fromMs;
  const step: Step = span <= BY_CALL_MS ? 'minute' : span <= BY_HOUR_MS ? 'hour' : 'day';
  if (step === 'day') return dayWindow(tx, fromMs, toMs, input);
  const unit = step === 'minute' ? MINUTE_MS : HOUR_MS;
  const endMs = Math.ceil(toMs / unit) * unit;
  // A named range has as many steps as its name says, the one that is going on included.
  const startMs = input.from === undefined ? endMs - span : Math.floor(fromMs / unit) * unit;
  const startsMs = Array.from({ length: Math.round((endMs - startMs) / unit) }, (_, i) => startMs + i * unit);
  return { step, timeZone: 'UTC', startsMs, fromMs: startMs, toMs: endMs };
}

/** The window of as many steps that ends where this one starts. */
export async function windowBefore(tx: Transaction, window: Window): Promise<Window> {
  const startsMs = window.step === 'day' ? await daysBefore(tx, window) : shifted(window);
  return { ...window, startsMs, fromMs: startsMs[0] as number, toMs: window.fromMs };
}

function shifted(window: Window): number[] {
  const span = window.toMs - window.fromMs;
  return window.startsMs.map((ms) => ms - span);
}

async function daysBefore(tx: Transaction, { startsMs, fromMs, timeZone }: Window): Promise<number[]> {
  const values = new SqlValues();
  const zone = values.add(timeZone, 'text');
  const end = values.add(new Date(fromMs).toISOString(), 'timestamptz');
  const days = values.add(`${startsMs.length} days`, 'interval');
  return listDays(tx, `date_subtract(${end}, ${days}, ${zone}), ${end} - interval '1 microsecond'`, zone, values);
}

function bounds(input: RangeInput, nowMs: number): { fromMs: number; toMs: number } {
  if (input.from === undefined && input.to === undefined) return { fromMs: nowMs - RANGES[input.range], toMs: nowMs };
  if (input.from === undefined || input.to === undefined)
    throw wrongField('from', 'Give both ends of the range, or neither.');
  const [fromMs, toMs] = [Date.parse(input.from), Date.parse(input.to)];
  if (fromMs >= toMs) throw wrongField('to', 'The end must be after the start.');
  if (toMs - fromMs > LONGEST_MS) throw wrongField('from', 'At most 400 days at once.');
  return { fromMs, toMs };
}

/** Days begin at midnight of the zone, so the database, which knows its clock changes, lists them. */
async function dayWindow(tx: Transaction, fromMs: number, toMs: number, input: RangeInput): Promise<Window> {
  const values = new SqlValues();
  const zone = values.add(input.timeZone, 'text');
  const from = values.add(new Date(input.from === undefined ? fromMs + DAY_MS : fromMs).toISOString(), 'timestamptz');
  const to = values.add(new Date(toMs).toISOString(), 'timestamptz');
  const until = `date_trunc('day', ${to} - interval '1 microsecond', ${zone}) + interval '36 hours'`;
  const starts = await listDays(tx, `date_trunc('day', ${from}, ${zone}), ${until}`, zone, values);
  const last = starts.findIndex((ms) => ms >= toMs);
  const startsMs = starts.slice(0, last);
  return {
    step: 'day',
    timeZone: input.timeZone,
    startsMs,
    fromMs: startsMs[0] as number,
    toMs: starts[last] as number,
  };
}

/** Midnights of the zone from one moment to another (two SQL expressions), as Unix ms. */
async function listDays(tx: Transaction, fromTo: string, zone: string, values: SqlValues): Promise<number[]> {
  const rows = await tx.$queryRawUnsafe<{ ms: number }[]>(
    `SELECT (extract(epoch FROM day) * 1000)::float8 AS ms
     FROM generate_series(${fromTo}, interval '1 day', ${zone}) AS day ORDER BY 1`,
    ...values.list,
  );
  return rows.map((row) => row.ms);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
