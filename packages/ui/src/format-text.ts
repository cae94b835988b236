import { formatAmount, NANO_PER_UNIT } from '@parley/kernel/money';

const THIN = '\u2009';
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `3 minutes ago`, `in 2 days`, `just now`. Both in Unix milliseconds. */
export function relativeText(atMs: number, nowMs: number): string {
  const seconds = Math.round((atMs - nowMs) / 1000);
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return 'just now';
}

/** `0.4 ms`, `340 ms`, `1.25 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 10) return `${trim(ms.toFixed(1))}${THIN}ms`;
  if (ms < 1000) return `${Math.round(ms)}${THIN}ms`;
  if (ms < 60_000) return `${trim((ms / 1000).toFixed(2))}${THIN}s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.floor((ms % 60_000) / 1000);
  return `${minutes}${THIN}min${seconds ? ` ${seconds}${THIN}s` : ''}`;
}

/** `842`, `9,210`, `12.4 k`, `3.1 M`. */
export function countText(value: number): string {
  if (Math.abs(value) < 10_000) return new Intl.NumberFormat('en').format(value);
  const [size, letter] = Math.abs(value) < 1e6 ? [1e3, 'k'] : Math.abs(value) < 1e9 ? [1e6, 'M'] : [1e9, 'G'];
  return `${trim((value / size).toFixed(1))}${THIN}${letter}`;
}

/** `$12.30`, and small amounts to two significant digits: `$0.0042`; all digits where `exact`, for sums that must add up. */
export function moneyText(nano: bigint, currency: string, exact = false): string {
  const absolute = nano < 0n ? -nano : nano;
  const cents = NANO_PER_UNIT / 100n;
  const units = Number(formatAmount(nano));
  const format = (fraction: number): string =>
    new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
      minimumFractionDigits: Math.min(2, fraction),
      maximumFractionDigits: fraction,
    }).format(units);
  if (exact) return format(9);
  if (absolute === 0n || absolute >= cents) return format(2);
  const leadingZeros = 9 - absolute.toString().length;
  return format(Math.min(9, leadingZeros + 2));
}

/** A share of 0 to 1 as a percentage: `0 %`, `0.25 %`, `4.5 %`, `36 %`; a dash where there is nothing to share. */
export function shareText(share: number | null): string {
  if (share === null) return '–';
  const percent = share * 100;
  return `${trim(percent.toFixed(percent >= 10 ? 0 : percent < 1 ? 2 : 1))}${THIN}%`;
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
