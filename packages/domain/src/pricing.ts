import type { PriceSnapshot } from '@parley/contracts/snapshot';
import { divideRounded, type Nano } from '@parley/kernel/money';

/** Token counts of one call as providers report them: cached ones are part of input, reasoning ones part of output. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Written into the provider's prompt cache, for any time, and of these for an hour; part of input. */
  readonly cacheWriteInputTokens?: number;
  readonly cacheWrite1hInputTokens?: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** A price with its rates as integers, made once per price (nano-units per million tokens; `perRequest` nano-units). */
export interface PriceRates {
  readonly priceId: string;
  readonly currency: string;
  readonly inputPerMillion: Nano;
  readonly cachedInputPerMillion: Nano;
  readonly outputPerMillion: Nano;
  readonly reasoningPerMillion: Nano;
  readonly perRequest: Nano;
  readonly cacheWritePerMillion: Nano;
  readonly cacheWrite1hPerMillion: Nano;
}

export const NO_TOKENS: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

const MILLION = 1_000_000n;

/** Reads the decimal strings of a price document. Throws a `SyntaxError` when one is not an integer. */
export function priceRates(price: PriceSnapshot): PriceRates {
  const cacheWrite = price.cacheWritePerMillion ?? price.inputPerMillion;
  return {
    priceId: price.id,
    currency: price.currency,
    inputPerMillion: BigInt(price.inputPerMillion),
    cachedInputPerMillion: BigInt(price.cachedInputPerMillion),
    outputPerMillion: BigInt(price.outputPerMillion),
    reasoningPerMillion: BigInt(price.reasoningPerMillion),
    perRequest: BigInt(price.perRequest),
    cacheWritePerMillion: BigInt(cacheWrite),
    cacheWrite1hPerMillion: BigInt(price.cacheWrite1hPerMillion ?? cacheWrite),
  };
}

/**
 * The price in force at a moment: the newest whose `effectiveFromMs` is not in the future, whatever the list's order;
 * the first of two that start together. `null` when none has started: such a call is refused, never free.
 */
export function priceAt<T extends { readonly effectiveFromMs: number }>(prices: readonly T[], nowMs: number): T | null {
  let best: T | null = null;
  for (const price of prices) {
    if (price.effectiveFromMs <= nowMs && (best === null || price.effectiveFromMs > best.effectiveFromMs)) best = price;
  }
  return best;
}

function wholeTokens(count: number): number {
  if (count === Number.POSITIVE_INFINITY) return Number.MAX_SAFE_INTEGER;
  return count > 0 ? Math.min(Math.floor(count), Number.MAX_SAFE_INTEGER) : 0;
}

/** Makes absurd reports harmless: counts are whole and not negative, cached and newly cached ≤ input, reasoning ≤ output. */
export function clampUsage(usage: TokenUsage): Required<TokenUsage> {
  const inputTokens = wholeTokens(usage.inputTokens);
  const outputTokens = wholeTokens(usage.outputTokens);
  const cachedInputTokens = Math.min(wholeTokens(usage.cachedInputTokens), inputTokens);
  const cacheWriteInputTokens = Math.min(
    wholeTokens(usage.cacheWriteInputTokens ?? 0),
    inputTokens - cachedInputTokens,
  );
  return {
    inputTokens,
    cachedInputTokens,
    cacheWriteInputTokens,
    cacheWrite1hInputTokens: Math.min(wholeTokens(usage.cacheWrite1hInputTokens ?? 0), cacheWriteInputTokens),
    outputTokens,
    reasoningTokens: Math.min(wholeTokens(usage.reasoningTokens), outputTokens),
  };
}

/** Tokens of input that go with one of output in an ordinary call, for comparing prices. */
const INPUT_PER_OUTPUT = 3;

/** One number to compare prices by, whatever the currency: of ordinary calls, the share of input against output. */
export function blendedPrice({ inputPerMillion, outputPerMillion }: PriceRates): number {
  return Number(inputPerMillion) * INPUT_PER_OUTPUT + Number(outputPerMillion);
}

/**
 * Cost of one call in nano-units: every token class at its own rate, summed exactly, plus the fee per request, rounded
 * half up once. Usage is clamped first (`clampUsage`).
 */
export function priceUsage(rates: PriceRates, usage: TokenUsage): Nano {
  const { inputTokens, cachedInputTokens, cacheWriteInputTokens, cacheWrite1hInputTokens, ...output } =
    clampUsage(usage);
  const { outputTokens, reasoningTokens } = output;
  const millionths =
    BigInt(inputTokens - cachedInputTokens - cacheWriteInputTokens) * rates.inputPerMillion +
    BigInt(cachedInputTokens) * rates.cachedInputPerMillion +
    BigInt(cacheWriteInputTokens - cacheWrite1hInputTokens) * rates.cacheWritePerMillion +
    BigInt(cacheWrite1hInputTokens) * rates.cacheWrite1hPerMillion +
    BigInt(outputTokens - reasoningTokens) * rates.outputPerMillion +
    BigInt(reasoningTokens) * rates.reasoningPerMillion;
  return divideRounded(millionths, MILLION) + rates.perRequest;
}
