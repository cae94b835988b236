/**
 * Money is an integer number of nano-units of a currency: 1 USD = 1_000_000_000 nano.
 * Amounts are `bigint` in code and decimal strings of nano-units in JSON; floats never touch them.
 */
export type Nano = bigint;

export const NANO_PER_UNIT = 1_000_000_000n;
const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,9}))?$/;

/** Parses a decimal amount of whole units (`"2.5"`, at most nine decimals) into nano-units; `null` if it is not one. */
export function parseAmount(text: string): Nano | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const nano = BigInt(whole) * NANO_PER_UNIT + BigInt(fraction.padEnd(9, '0') || '0');
  return sign ? -nano : nano;
}

/** Writes nano-units as a plain decimal of whole units without trailing zeros (`2500000000n` → `"2.5"`). */
export function formatAmount(nano: Nano): string {
  const sign = nano < 0n ? '-' : '';
  const absolute = nano < 0n ? -nano : nano;
  const fraction = (absolute % NANO_PER_UNIT).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${absolute / NANO_PER_UNIT}${fraction ? `.${fraction}` : ''}`;
}

/** Divides, rounding half away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (n * 2n + d) / (d * 2n);
  return negative ? -rounded : rounded;
}
