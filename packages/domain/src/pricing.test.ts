import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampUsage, NO_TOKENS } from './call-usage.ts';
import { type PriceRates, priceRates } from './price-rates.ts';
import { priceAt, priceUsage } from './pricing.ts';

const rates: PriceRates = {
  priceId: '0190a000-0000-7000-8000-000000000001',
  currency: 'USD',
  inputPerMillion: 2_500_000_000n,
  cachedInputPerMillion: 1_250_000_000n,
  outputPerMillion: 10_000_000_000n,
  reasoningPerMillion: 12_000_000_000n,
  perRequest: 7n,
  cacheWritePerMillion: 3_125_000_000n,
  cacheWrite1hPerMillion: 5_000_000_000n,
  audioInputPerMillion: 40_000_000_000n,
  cachedAudioInputPerMillion: 2_600_000_000n,
  audioOutputPerMillion: 80_000_000_000n,
  imageInputPerMillion: 2_500_000_000n,
  cachedImageInputPerMillion: 1_250_000_000n,
  imageOutputPerMillion: 10_000_000_000n,
  batchPercent: 50,
  tiers: [],
  units: priceRates({
    id: '',
    currency: 'USD',
    effectiveFromMs: 0,
    inputPerMillion: '0',
    cachedInputPerMillion: '0',
    outputPerMillion: '0',
    reasoningPerMillion: '0',
    perRequest: '0',
  }).units,
  unitsOnly: false,
};
const rate = fc.bigInt({ min: 0n, max: 10n ** 14n });
const anyRates = fc.record({
  priceId: fc.constant(rates.priceId),
  currency: fc.constant('USD'),
  inputPerMillion: rate,
  cachedInputPerMillion: rate,
  outputPerMillion: rate,
  reasoningPerMillion: rate,
  perRequest: rate,
  cacheWritePerMillion: rate,
  cacheWrite1hPerMillion: rate,
  audioInputPerMillion: rate,
  cachedAudioInputPerMillion: rate,
  audioOutputPerMillion: rate,
  imageInputPerMillion: rate,
  cachedImageInputPerMillion: rate,
  imageOutputPerMillion: rate,
  tiers: fc.constant([]),
  units: fc.constant(rates.units),
  unitsOnly: fc.constant(false),
  batchPercent: fc.integer({ min: 1, max: 100 }),
});
const tokens = fc.integer({ min: 0, max: 50_000_000 });
const anyUsage = fc.record({
  inputTokens: tokens,
  cachedInputTokens: tokens,
  cacheWriteInputTokens: tokens,
  cacheWrite1hInputTokens: tokens,
  audioInputTokens: tokens,
  cachedAudioInputTokens: tokens,
  audioOutputTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
});

describe('priceUsage', () => {
  it('prices each token class at its own rate, to the nano-unit', () => {
    const usage = { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 300, reasoningTokens: 100 };
    expect(priceUsage(rates, usage)).toBe(600n * 2500n + 400n * 1250n + 200n * 10000n + 100n * 12000n + 7n);
  });

  it('rounds half up once, over the sum and not per class', () => {
    const half = { ...rates, inputPerMillion: 500_000n, outputPerMillion: 500_000n, perRequest: 0n };
    expect(priceUsage(half, { ...NO_TOKENS, inputTokens: 1 })).toBe(1n);
    expect(priceUsage(half, { ...NO_TOKENS, inputTokens: 1, outputTokens: 1 })).toBe(1n);
    const below = { ...half, inputPerMillion: 499_999n };
    expect(priceUsage(below, { ...NO_TOKENS, inputTokens: 1 })).toBe(0n);
  });

  it('charges what was written into the prompt cache at its own rates, or as input where there are none', () => {
    const usage = {
      ...NO_TOKENS,
      inputTokens: 3_000_000,
      cacheWriteInputTokens: 2_000_000,
      cacheWrite1hInputTokens: 1_000_000,
    };
    expect(priceUsage(rates, usage)).toBe(2_500_000_000n + 3_125_000_000n + 5_000_000_000n + 7n);
    const plain = {
      id: 'p',
      currency: 'USD',
      effectiveFromMs: 0,
      inputPerMillion: '5',
      cachedInputPerMillion: '1',
      outputPerMillion: '1',
      reasoningPerMillion: '1',
      perRequest: '0',
    };
    expect(priceUsage(priceRates(plain), usage)).toBe(15n);
    expect(priceUsage(priceRates({ ...plain, cacheWritePerMillion: '6' }), usage)).toBe(17n);
  });

  it('charges sound at its own rates, or as text where there are none', () => {
    const usage = {
      inputTokens: 1000,
      cachedInputTokens: 300,
      audioInputTokens: 700,
      cachedAudioInputTokens: 200,
      outputTokens: 400,
      reasoningTokens: 0,
      audioOutputTokens: 350,
    };
    expect(priceUsage(rates, usage)).toBe(
      200n * 2500n + 100n * 1250n + 500n * 40_000n + 200n * 2600n + 50n * 10_000n + 350n * 80_000n + 7n,
    );
    const text = {
      ...rates,
      audioInputPerMillion: rates.inputPerMillion,
      audioOutputPerMillion: rates.outputPerMillion,
    };
    const plain = { ...usage, audioInputTokens: 0, cachedAudioInputTokens: 0, audioOutputTokens: 0 };
    expect(priceUsage({ ...text, cachedAudioInputPerMillion: text.cachedInputPerMillion }, usage)).toBe(
      priceUsage(rates, plain),
    );
  });

  it('charges a share of everything for batches, rounded once', () => {
    const usage = { ...NO_TOKENS, inputTokens: 1000, outputTokens: 100 };
    expect(priceUsage(rates, usage, 50)).toBe((1000n * 2500n + 100n * 10_000n + 7n + 1n) / 2n);
    expect(
      priceUsage({ ...rates, inputPerMillion: 1_000_000n, perRequest: 0n }, { ...NO_TOKENS, inputTokens: 3 }, 50),
    ).toBe(2n);
  });

  it('charges only the fee per request for a call without tokens', () => {
    expect(priceUsage(rates, NO_TOKENS)).toBe(7n);
  });

  it('stays within half a nano-unit of the exact fraction and is never negative', () => {
    fc.assert(
      fc.property(anyRates, anyUsage, (price, usage) => {
        const u = clampUsage(usage);
        const exact =
          BigInt(
            u.inputTokens -
              u.cachedInputTokens -
              u.cacheWriteInputTokens -
              u.audioInputTokens +
              u.cachedAudioInputTokens,
          ) *
            price.inputPerMillion +
          BigInt(u.audioInputTokens - u.cachedAudioInputTokens) * price.audioInputPerMillion +
          BigInt(u.cachedAudioInputTokens) * price.cachedAudioInputPerMillion +
          BigInt(u.audioOutputTokens) * price.audioOutputPerMillion +
          BigInt(u.cacheWriteInputTokens - u.cacheWrite1hInputTokens) * price.cacheWritePerMillion +
          BigInt(u.cacheWrite1hInputTokens) * price.cacheWrite1hPerMillion +
          BigInt(u.cachedInputTokens - u.cachedAudioInputTokens) * price.cachedInputPerMillion +
          BigInt(u.outputTokens - u.reasoningTokens - u.audioOutputTokens) * price.outputPerMillion +
          BigInt(u.reasoningTokens) * price.reasoningPerMillion;
        const off = (priceUsage(price, usage) - price.perRequest) * 1_000_000n - exact;
        expect(off > -500_000n && off <= 500_000n).toBe(true);
        expect(priceUsage(price, usage) >= 0n).toBe(true);
      }),
    );
  });

  it('never costs less when more tokens of any class are used and rates rise from cached to input and output to reasoning', () => {
    fc.assert(
      fc.property(anyUsage, fc.integer({ min: 1, max: 10_000 }), (usage, more) => {
        const base = priceUsage(rates, usage);
        expect(priceUsage(rates, { ...usage, inputTokens: usage.inputTokens + more }) >= base).toBe(true);
        expect(priceUsage(rates, { ...usage, outputTokens: usage.outputTokens + more }) >= base).toBe(true);
      }),
    );
  });
});

describe('clampUsage', () => {
  it('keeps cached within input and reasoning within output, whatever a provider reports', () => {
    fc.assert(
      fc.property(fc.double(), fc.double(), fc.double(), fc.double(), (input, cached, output, reasoning) => {
        const usage = clampUsage({
          inputTokens: input,
          cachedInputTokens: cached,
          outputTokens: output,
          reasoningTokens: reasoning,
        });
        for (const count of Object.values(usage)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
        expect(usage.cachedInputTokens <= usage.inputTokens).toBe(true);
        expect(usage.reasoningTokens <= usage.outputTokens).toBe(true);
      }),
    );
  });
});

describe('priceAt', () => {
  it('takes the newest price that has started, in any order of the list', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.nat(1000), (starts, now) => {
        const found = priceAt(
          starts.map((effectiveFromMs) => ({ effectiveFromMs })),
          now,
        );
        const past = starts.filter((start) => start <= now);
        expect(found?.effectiveFromMs ?? null).toBe(past.length > 0 ? Math.max(...past) : null);
      }),
    );
  });

  it('finds none before the first start', () => {
    expect(priceAt([{ effectiveFromMs: 10 }], 9)).toBeNull();
    expect(priceAt([], 9)).toBeNull();
  });
});

describe('priceRates', () => {
  it('reads decimal strings exactly, beyond what a double holds', () => {
    const price = {
      id: rates.priceId,
      currency: 'EUR',
      effectiveFromMs: 0,
      inputPerMillion: '9007199254740993',
      cachedInputPerMillion: '1',
      outputPerMillion: '2',
      reasoningPerMillion: '3',
      perRequest: '4',
    };
    expect(priceRates(price)).toMatchObject({ inputPerMillion: 9007199254740993n, currency: 'EUR', perRequest: 4n });
    expect(() => priceRates({ ...price, perRequest: '1.5' })).toThrow(SyntaxError);
  });
});
