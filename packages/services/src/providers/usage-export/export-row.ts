import { parseAmount } from '@parley/kernel/money';

/** What a provider says of one day and model, or of a part of that; `null`: its export does not say. */
export interface ExportRow {
  /** Day of UTC, `2026-10-31`: providers count in that. */
  readonly day: string;
  /** `null`: of all models together. */
  readonly model: string | null;
  readonly calls: number | null;
  /** All of them, cached ones included. */
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costNano: bigint | null;
  /** Upper-case code of the cost. */
  readonly currency: string | null;
}

export const SAYS_NOTHING = {
  calls: null,
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  costNano: null,
  currency: null,
} as const;

/** Something of an export that cannot be read: where it is, and what is wrong with it. */
export class ExportProblem extends Error {
  constructor(where: string, what: string) {
    super(`${where}: ${what}`);
  }
}

/** A day of UTC from Unix seconds or an ISO 8601 date or time. */
export function dayOf(value: unknown, where: string): string {
  const text = typeof value === 'string' ? value.trim() : value;
  if (typeof text === 'number' || (typeof text === 'string' && /^\d{9,11}$/.test(text))) {
    const ms = Number(text) * 1000;
    if (Number.isInteger(ms)) return isoDay(ms, where);
  }
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d(?:$|[T ])/.test(text)) {
    throw new ExportProblem(where, 'must be a date such as 2026-10-31, or Unix seconds.');
  }
  const zoned = /Z$|[+-]\d\d:?\d\d$/.test(text.slice(10));
  return isoDay(Date.parse(text.length === 10 ? text : `${text.replace(' ', 'T')}${zoned ? '' : 'Z'}`), where);
}

function isoDay(ms: number, where: string): string {
  if (Number.isNaN(ms) || ms < Date.UTC(2015, 0) || ms >= Date.UTC(2100, 0)) {
    throw new ExportProblem(where, 'is no time between 2015 and 2100.');
  }
  return new Date(ms).toISOString().slice(0, 10);
}

/** A count that is not below zero; CSV files write `10.0` too. */
export function countOf(value: unknown, where: string): number {
  const number = typeof value === 'string' && /^\d+(\.0+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new ExportProblem(where, `must be a whole number from 0, not ${shown(value)}.`);
  }
  return number;
}

/** Whole units, as text or a JSON number, in nano-units; further places are rounded, half up. `unitNano` for smaller units. */
export function moneyOf(value: unknown, where: string, unitNano = 1_000_000_000n): bigint {
  const text = typeof value === 'number' && Number.isFinite(value) ? plain(value) : value;
  const match = typeof text === 'string' ? /^(-?)(\d{1,12})(?:\.(\d{0,30}))?$/.exec(text.trim()) : null;
  if (!match) throw new ExportProblem(where, `must be an amount such as 12.34, not ${shown(value)}.`);
  const [, sign, whole = '0', fraction = ''] = match;
  // Twelve places of a unit, then one rounding.
  const fine = (parseAmount(whole) ?? 0n) * 1000n + BigInt(fraction.slice(0, 12).padEnd(12, '0'));
  const scaled = fine * unitNano;
  const divisor = 1_000_000_000_000n;
  const nano = (scaled * 2n + divisor) / (divisor * 2n);
  return sign ? -nano : nano;
}

/** JSON numbers such as 1e-7 without their exponent. */
function plain(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(15) : text;
}

export function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 200) return value.trim();
  throw new ExportProblem(where, `must be a text of 200 characters at most, not ${shown(value)}.`);
}

export function listOf(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ExportProblem(where, 'must be a list.');
}

export function fieldsOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ExportProblem(where, 'must be an object.');
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
