import { divideRounded, type Nano } from '@parley/kernel/money';
import { type CallUsage, clampUnits, clampUsage, type TokenUsage, type UnitUsage, wholeTokens } from './call-usage.ts';
import { imageRate, type PriceRates, ratesAt, type TokenRates, type UnitRates } from './price-rates.ts';

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

/**
 * Sums are kept in parts of a nano-unit in which every rate is whole: rates per million (tokens, characters), and per hour
 * of sound that is counted in milliseconds.
 */
const PARTS = 18_000_000n;
const OF_A_MILLION = PARTS / 1_000_000n;
const OF_AN_HOUR = PARTS / 3_600_000n;

/** Most calls have nothing of most classes. */
function times(count: number, rate: Nano): Nano {
  return count === 0 ? 0n : BigInt(count) * rate;
}

/** Tokens at their own rates; nano-units × a million. */
function tokenMillionths(rates: TokenRates, tokens: Required<TokenUsage>): Nano {
  const { audioInputTokens, cachedAudioInputTokens, imageInputTokens, cachedImageInputTokens } = tokens;
  const audioInput = audioInputTokens - cachedAudioInputTokens;
  const imageInput = imageInputTokens - cachedImageInputTokens;
  const written = tokens.cacheWriteInputTokens;
  const plainInput = tokens.inputTokens - tokens.cachedInputTokens - written - audioInput - imageInput;
  const plainCached = tokens.cachedInputTokens - cachedAudioInputTokens - cachedImageInputTokens;
  const plainOutput =
    tokens.outputTokens - tokens.reasoningTokens - tokens.audioOutputTokens - tokens.imageOutputTokens;
  return (
    times(plainInput, rates.inputPerMillion) +
    times(audioInput, rates.audioInputPerMillion) +
    times(imageInput, rates.imageInputPerMillion) +
    times(plainCached, rates.cachedInputPerMillion) +
    times(cachedAudioInputTokens, rates.cachedAudioInputPerMillion) +
    times(cachedImageInputTokens, rates.cachedImageInputPerMillion) +
    times(written - tokens.cacheWrite1hInputTokens, rates.cacheWritePerMillion) +
    times(tokens.cacheWrite1hInputTokens, rates.cacheWrite1hPerMillion) +
    times(plainOutput, rates.outputPerMillion) +
    times(tokens.audioOutputTokens, rates.audioOutputPerMillion) +
    times(tokens.imageOutputTokens, rates.imageOutputPerMillion) +
    times(tokens.reasoningTokens, rates.reasoningPerMillion)
  );
}

/** Units at their rates, where the price has one; in `PARTS` of a nano-unit. `perImage` is that of the call's pictures. */
function unitParts(rates: UnitRates, units: Required<UnitUsage>, perImage: Nano | null): Nano {
  const single =
    times(units.images, perImage ?? 0n) +
    times(units.searchUnits, rates.perSearch ?? 0n) +
    times(units.pages, rates.perPage ?? 0n);
  return (
    single * PARTS +
    times(units.characters, rates.perMillionCharacters ?? 0n) * OF_A_MILLION +
    times(units.audioMs, rates.perAudioHour ?? 0n) * OF_AN_HOUR
  );
}

/**
 * Cost of one call in nano-units: every token class and every unit at its own rate, summed exactly, plus the fee per request,
 * rounded half up once. A call whose input is longer than a tier's bound is wholly at that tier's rates. Usage is clamped
 * first (`clampUsage`). `percent` of it where less is charged (batches), rounded at the same time.
 */
export function priceUsage(rates: PriceRates, usage: CallUsage, percent = 100): Nano {
  const tokens = clampUsage(usage);
  const units = clampUnits(usage);
  const parts =
    tokenMillionths(ratesAt(rates, tokens.inputTokens), tokens) * OF_A_MILLION +
    unitParts(rates.units, units, imageRate(rates.units, units.imageClass)) +
    rates.perRequest * PARTS;
  return divideRounded(parts * BigInt(percent), PARTS * 100n);
}

function max(values: readonly Nano[]): Nano {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}

function dearestMillionths(rates: TokenRates, input: bigint, output: bigint): Nano {
  const read = max([
    rates.inputPerMillion,
    rates.cachedInputPerMillion,
    rates.cacheWritePerMillion,
    rates.cacheWrite1hPerMillion,
    rates.audioInputPerMillion,
    rates.cachedAudioInputPerMillion,
    rates.imageInputPerMillion,
    rates.cachedImageInputPerMillion,
  ]);
  const wrote = max([
    rates.outputPerMillion,
    rates.reasoningPerMillion,
    rates.audioOutputPerMillion,
    rates.imageOutputPerMillion,
  ]);
  return input * read + output * wrote;
}

/**
 * What so many tokens and units cost at most, in nano-units: all of them in the dearest class of theirs, at the dearest rates
 * of any input that is not longer.
 */
export function dearest(rates: PriceRates, inputTokens: number, outputTokens: number, units: UnitUsage = {}): Nano {
  const input = BigInt(wholeTokens(inputTokens));
  const output = BigInt(wholeTokens(outputTokens));
  const reached = rates.tiers.filter(({ aboveInputTokens }) => inputTokens > aboveInputTokens);
  const tokens = max([rates, ...reached.map((tier) => tier.rates)].map((of) => dearestMillionths(of, input, output)));
  const picture = max([rates.units.perImage ?? 0n, ...rates.units.imageClasses.map(({ perImage }) => perImage)]);
  const parts = tokens * OF_A_MILLION + unitParts(rates.units, clampUnits(units), picture);
  return (parts + PARTS - 1n) / PARTS + rates.perRequest;
}

/** Tokens of input that go with one of output in an ordinary call, for comparing prices. */
const INPUT_PER_OUTPUT = 3;

/** One number to compare prices by, whatever the currency: of ordinary calls, the share of input against output. */
export function blendedPrice({ inputPerMillion, outputPerMillion }: PriceRates): number {
  return Number(inputPerMillion) * INPUT_PER_OUTPUT + Number(outputPerMillion);
}
