import type { PriceSnapshot } from '@parley/contracts/snapshot';
import { divideRounded, type Nano } from '@parley/kernel/money';

/** Token counts of one call as providers report them: cached ones are part of input, reasoning ones part of output. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Written into the provider's prompt cache, for any time, and of these for an hour; part of input. */
  readonly cacheWriteInputTokens?: number;
  readonly cacheWrite1hInputTokens?: number;
  /** Sound: part of input, of cached input, and of output; never part of what was newly cached or of reasoning. */
  readonly audioInputTokens?: number;
  readonly cachedAudioInputTokens?: number;
  readonly audioOutputTokens?: number;
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
  readonly audioInputPerMillion: Nano;
  readonly cachedAudioInputPerMillion: Nano;
  readonly audioOutputPerMillion: Nano;
  /** What the provider's own batch API charges of all this, 1 to 100. No call goes there: batches are worked off by ordinary ones. */
  readonly batchPercent: number;
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
    audioInputPerMillion: BigInt(price.audioInputPerMillion ?? price.inputPerMillion),
    cachedAudioInputPerMillion: BigInt(
      price.cachedAudioInputPerMillion ?? price.audioInputPerMillion ?? price.cachedInputPerMillion,
    ),
    audioOutputPerMillion: BigInt(price.audioOutputPerMillion ?? price.outputPerMillion),
    batchPercent: price.batchPercent ?? 100,
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

/**
 * Makes absurd reports harmless: counts are whole and not negative, cached and newly cached ≤ input, reasoning ≤ output, and
 * sound within what it is part of.
 */
export function clampUsage(usage: TokenUsage): Required<TokenUsage> {
  const inputTokens = wholeTokens(usage.inputTokens);
  const outputTokens = wholeTokens(usage.outputTokens);
  const cachedInputTokens = Math.min(wholeTokens(usage.cachedInputTokens), inputTokens);
  const cacheWriteInputTokens = Math.min(
    wholeTokens(usage.cacheWriteInputTokens ?? 0),
    inputTokens - cachedInputTokens,
  );
  const reasoningTokens = Math.min(wholeTokens(usage.reasoningTokens), outputTokens);
  const audioInput = wholeTokens(usage.audioInputTokens ?? 0);
  const cachedAudioInputTokens = Math.min(
    wholeTokens(usage.cachedAudioInputTokens ?? 0),
    audioInput,
    cachedInputTokens,
  );
  const plainInput = inputTokens - cachedInputTokens - cacheWriteInputTokens;
  return {
    audioInputTokens: cachedAudioInputTokens + Math.min(audioInput - cachedAudioInputTokens, plainInput),
    cachedAudioInputTokens,
    audioOutputTokens: Math.min(wholeTokens(usage.audioOutputTokens ?? 0), outputTokens - reasoningTokens),
    inputTokens,
    cachedInputTokens,
    cacheWriteInputTokens,
    cacheWrite1hInputTokens: Math.min(wholeTokens(usage.cacheWrite1hInputTokens ?? 0), cacheWriteInputTokens),
    outputTokens,
    reasoningTokens,
  };
}

function max(values: readonly Nano[]): Nano {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}

/** What so many tokens cost at most, in nano-units: all of them in the dearest class of theirs. */
export function dearest(rates: PriceRates, inputTokens: number, outputTokens: number): Nano {
  const input = max([
    rates.inputPerMillion,
    rates.cachedInputPerMillion,
    rates.cacheWritePerMillion,
    rates.cacheWrite1hPerMillion,
    rates.audioInputPerMillion,
    rates.cachedAudioInputPerMillion,
  ]);
  const output = max([rates.outputPerMillion, rates.reasoningPerMillion, rates.audioOutputPerMillion]);
  const millionths = BigInt(wholeTokens(inputTokens)) * input + BigInt(wholeTokens(outputTokens)) * output;
  return (millionths + MILLION - 1n) / MILLION + rates.perRequest;
}

/** Tokens of input that go with one of output in an ordinary call, for comparing prices. */
const INPUT_PER_OUTPUT = 3;

/** One number to compare prices by, whatever the currency: of ordinary calls, the share of input against output. */
export function blendedPrice({ inputPerMillion, outputPerMillion }: PriceRates): number {
  return Number(inputPerMillion) * INPUT_PER_OUTPUT + Number(outputPerMillion);
}

/**
 * Cost of one call in nano-units: every token class at its own rate, summed exactly, plus the fee per request, rounded
 * half up once. Usage is clamped first (`clampUsage`). `percent` of it where less is charged (batches), rounded at the same time.
 */
export function priceUsage(rates: PriceRates, usage: TokenUsage, percent = 100): Nano {
  const tokens = clampUsage(usage);
  const audioInput = tokens.audioInputTokens - tokens.cachedAudioInputTokens;
  const written = tokens.cacheWriteInputTokens;
  const plainInput = tokens.inputTokens - tokens.cachedInputTokens - written - audioInput;
  const plainOutput = tokens.outputTokens - tokens.reasoningTokens - tokens.audioOutputTokens;
  const millionths =
    BigInt(plainInput) * rates.inputPerMillion +
    BigInt(audioInput) * rates.audioInputPerMillion +
    BigInt(tokens.cachedInputTokens - tokens.cachedAudioInputTokens) * rates.cachedInputPerMillion +
    BigInt(tokens.cachedAudioInputTokens) * rates.cachedAudioInputPerMillion +
    BigInt(written - tokens.cacheWrite1hInputTokens) * rates.cacheWritePerMillion +
    BigInt(tokens.cacheWrite1hInputTokens) * rates.cacheWrite1hPerMillion +
    BigInt(plainOutput) * rates.outputPerMillion +
    BigInt(tokens.audioOutputTokens) * rates.audioOutputPerMillion +
    BigInt(tokens.reasoningTokens) * rates.reasoningPerMillion;
  if (percent === 100) return divideRounded(millionths, MILLION) + rates.perRequest;
  return divideRounded((millionths + rates.perRequest * MILLION) * BigInt(percent), MILLION * 100n);
}
