import { divideRounded } from '@parley/kernel/money';

const DAY_MS = 86_400_000;
const LOOK_BACK_MS = 7 * DAY_MS;
/** Less than this tells nothing about a rate. */
const LEAST_MS = 3_600_000;

export interface ForecastInput {
  readonly nowMs: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly amountNano: bigint;
  readonly spentNano: bigint;
  /** Spent since the later of period start and seven days ago. */
  readonly recentNano: bigint;
}

export interface Forecast {
  /** What will be spent by the end of the period at the recent rate; `null` for a budget without end. */
  readonly endNano: bigint | null;
  /** When the budget is used up at that rate, Unix ms; `null` when not within the period, or already. */
  readonly exhaustedAtMs: number | null;
}

/** Where the recent rate begins: the period's start, at most seven days back. */
export function rateSinceMs({ nowMs, startMs }: Pick<ForecastInput, 'nowMs' | 'startMs'>): number {
  return Math.max(startMs, nowMs - LOOK_BACK_MS);
}

/**
 * A straight line through what was spent in the last seven days, or in the period where it is younger: an estimate, which
 * knows nothing of weekends or launches. `null` before the first hour of a period, and where nothing was spent lately.
 */
export function forecast(input: ForecastInput): Forecast | null {
  const { nowMs, endMs, amountNano, spentNano, recentNano } = input;
  const overMs = nowMs - rateSinceMs(input);
  if (overMs < LEAST_MS || recentNano <= 0n) return null;
  const endless = endMs - nowMs > 400 * DAY_MS;
  const endNano = endless ? null : spentNano + divideRounded(recentNano * BigInt(endMs - nowMs), BigInt(overMs));
  if (spentNano >= amountNano) return { endNano, exhaustedAtMs: null };
  const untilMs = Number(divideRounded((amountNano - spentNano) * BigInt(overMs), recentNano));
  const exhaustedAtMs = nowMs + untilMs;
  return { endNano, exhaustedAtMs: exhaustedAtMs < endMs ? exhaustedAtMs : null };
}
