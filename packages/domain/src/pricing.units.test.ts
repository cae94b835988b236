import type { PriceSnapshot, TokenRatesSnapshot } from '@parley/contracts/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallUsage, clampUnits, imageClassOf, NO_TOKENS } from './call-usage.ts';
import { covers, priceRates } from './price-rates.ts';
import { dearest, priceUsage } from './pricing.ts';

const price = (more: Partial<PriceSnapshot>): PriceSnapshot => ({
  id: 'p',
  currency: 'USD',
  effectiveFromMs: 0,
  inputPerMillion: '0',
  cachedInputPerMillion: '0',
  outputPerMillion: '0',
  reasoningPerMillion: '0',
  perRequest: '0',
  ...more,
});
const cost = (snapshot: Partial<PriceSnapshot>, usage: Partial<CallUsage>, percent?: number) =>
  priceUsage(priceRates(price(snapshot)), { ...NO_TOKENS, ...usage }, percent);

describe('units', () => {
  it('are priced each at their own rate', () => {
    expect(cost({ units: { perImage: '40000000' } }, { images: 3 })).toBe(120_000_000n);
    // 0.36 an hour, as whisper-1: 0.006 a minute.
    expect(cost({ units: { perAudioHour: '360000000' } }, { audioMs: 60_000 })).toBe(6_000_000n);
    expect(cost({ units: { perMillionCharacters: '15000000000' } }, { characters: 11 })).toBe(165_000n);
    expect(cost({ units: { perSearch: '2000000' } }, { searchUnits: 2 })).toBe(4_000_000n);
    expect(cost({ units: { perPage: '4000000' } }, { pages: 7 })).toBe(28_000_000n);
  });

  it('come on top of tokens, are halved in batches with them, and are rounded together once', () => {
    const both = { inputPerMillion: '500000', units: { perAudioHour: '1800000' } };
    // Half a nano-unit of each.
    expect(cost(both, { inputTokens: 1, audioMs: 1 })).toBe(1n);
    expect(cost({ units: { perImage: '3' } }, { images: 1 }, 50)).toBe(2n);
  });

  it('have no price where the price has no rate for them', () => {
    expect(cost({ inputPerMillion: '1000000', units: { perPage: '9' } }, { inputTokens: 5, images: 4 })).toBe(5n);
  });

  it('of absurd numbers do no harm', () => {
    expect(clampUnits({ images: -1, audioMs: Number.NaN, characters: 1.9, pages: Number.POSITIVE_INFINITY })).toEqual({
      images: 0,
      imageClass: '',
      audioMs: 0,
      characters: 1,
      searchUnits: 0,
      pages: 2_147_483_647,
    });
  });

  it('tell a picture by size, quality or both, the first class that fits, and others at the rate of any', () => {
    const units = {
      perImage: '1',
      imageClasses: [
        { size: '1024x1536', quality: 'high', perImage: '250' },
        { quality: 'high', perImage: '170' },
        { size: '256x256', perImage: '16' },
      ],
    };
    const of = (size: unknown, quality: unknown) =>
      cost({ units }, { images: 1, imageClass: imageClassOf(size, quality) });
    expect(of('1024x1536', 'high')).toBe(250n);
    expect(of('1024x1024', 'high')).toBe(170n);
    expect(of('256x256', 'auto')).toBe(16n);
    expect(of('auto', undefined)).toBe(1n);
    expect(of('1024x1536', 'low')).toBe(1n);
    expect(imageClassOf('a/b', 'x'.repeat(21))).toBe('');
  });
});

describe('tiers', () => {
  const long: PriceSnapshot = price({
    inputPerMillion: '2000000',
    cachedInputPerMillion: '200000',
    outputPerMillion: '10000000',
    reasoningPerMillion: '10000000',
    tiers: [
      {
        aboveInputTokens: 200_000,
        inputPerMillion: '4000000',
        cachedInputPerMillion: '400000',
        outputPerMillion: '15000000',
        reasoningPerMillion: '15000000',
      },
    ],
  });

  it('hold for all of a call whose input is longer, cached input included, and for none that is not', () => {
    const rates = priceRates(long);
    const usage = { ...NO_TOKENS, outputTokens: 10 };
    expect(priceUsage(rates, { ...usage, inputTokens: 200_000 })).toBe(400_100n);
    expect(priceUsage(rates, { ...usage, inputTokens: 200_001 })).toBe(800_154n);
    expect(priceUsage(rates, { ...usage, inputTokens: 200_010, cachedInputTokens: 200_000 })).toBe(80_190n);
  });

  it('are found whatever their order, the highest that is passed', () => {
    const [tier] = long.tiers ?? [];
    if (!tier) throw new Error('the price above has a tier');
    const higher = { ...tier, aboveInputTokens: 500_000, inputPerMillion: '9000000' };
    const rates = priceRates({ ...long, tiers: [higher, tier] });
    expect(priceUsage(rates, { ...NO_TOKENS, inputTokens: 400_000 })).toBe(1_600_000n);
    expect(priceUsage(rates, { ...NO_TOKENS, inputTokens: 600_000 })).toBe(5_400_000n);
  });
});

describe('a price for units only', () => {
  it('says nothing of calls that are counted otherwise: they are refused, never free', () => {
    const perHour = priceRates(price({ units: { perAudioHour: '1' } }));
    expect(covers(perHour, ['perAudioHour'])).toBe(true);
    expect(covers(perHour, ['perImage'])).toBe(false);
    expect(covers(perHour, [])).toBe(false);
    expect(covers(priceRates(price({ units: { perAudioHour: '1' }, perRequest: '1' })), [])).toBe(true);
    expect(covers(priceRates(price({ units: { perAudioHour: '1' }, outputPerMillion: '1' })), [])).toBe(true);
    // Free is free.
    expect(covers(priceRates(price({})), [])).toBe(true);
    expect(covers(priceRates(price({ units: { perImage: '0' } })), [])).toBe(true);
  });
});

/** Exact fractions, the slow way. */
interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}
const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
});
const halfUp = ({ over, under }: Fraction): bigint => (over * 2n + under) / (under * 2n);

const CLASSES = {
  input: 'inputPerMillion',
  cached: 'cachedInputPerMillion',
  written: 'cacheWritePerMillion',
  writtenHour: 'cacheWrite1hPerMillion',
  audio: 'audioInputPerMillion',
  cachedAudio: 'cachedAudioInputPerMillion',
  image: 'imageInputPerMillion',
  cachedImage: 'cachedImageInputPerMillion',
  output: 'outputPerMillion',
  reasoning: 'reasoningPerMillion',
  audioOut: 'audioOutputPerMillion',
  imageOut: 'imageOutputPerMillion',
} as const;
const READ = ['input', 'cached', 'written', 'writtenHour', 'audio', 'cachedAudio', 'image', 'cachedImage'] as const;
type Counts = Readonly<Record<keyof typeof CLASSES, number>>;

const rate = fc.bigInt({ min: 0n, max: 10n ** 12n }).map(String);
const allRates = fc.record(
  Object.fromEntries(Object.values(CLASSES).map((name) => [name, rate])) as Record<
    (typeof CLASSES)[keyof typeof CLASSES],
    typeof rate
  >,
) as fc.Arbitrary<Required<TokenRatesSnapshot>>;
const count = fc.nat(6);
const counts = fc.record(
  Object.fromEntries(Object.keys(CLASSES).map((name) => [name, count])) as Record<keyof typeof CLASSES, typeof count>,
);
const tier = fc.tuple(allRates, fc.integer({ min: 1, max: 40 })).map(([rates, above]) => ({
  ...rates,
  aboveInputTokens: above,
}));
const anyPrice = fc
  .record({
    base: allRates,
    perRequest: rate,
    tiers: fc.uniqueArray(tier, { maxLength: 3, selector: ({ aboveInputTokens }) => aboveInputTokens }),
    units: fc.record(
      { perImage: rate, perAudioHour: rate, perMillionCharacters: rate, perSearch: rate, perPage: rate },
      { requiredKeys: [] },
    ),
  })
  .map(({ base, perRequest, tiers, units }) => price({ ...base, perRequest, tiers, units }));
const units = fc.record({
  images: fc.nat(5),
  audioMs: fc.nat(50_000),
  characters: fc.nat(500),
  searchUnits: fc.nat(3),
  pages: fc.nat(9),
});

const usageOf = (c: Counts): CallUsage => ({
  inputTokens: READ.reduce((sum, name) => sum + c[name], 0),
  cachedInputTokens: c.cached + c.cachedAudio + c.cachedImage,
  cacheWriteInputTokens: c.written + c.writtenHour,
  cacheWrite1hInputTokens: c.writtenHour,
  audioInputTokens: c.audio + c.cachedAudio,
  cachedAudioInputTokens: c.cachedAudio,
  imageInputTokens: c.image + c.cachedImage,
  cachedImageInputTokens: c.cachedImage,
  outputTokens: c.output + c.reasoning + c.audioOut + c.imageOut,
  reasoningTokens: c.reasoning,
  audioOutputTokens: c.audioOut,
  imageOutputTokens: c.imageOut,
});

/** One thing after another: each token, picture and millisecond by itself, in exact fractions, rounded at the end. */
function slowly(
  of: PriceSnapshot,
  c: Counts,
  used: Required<Pick<CallUsage, 'images' | 'audioMs' | 'pages'>> & CallUsage,
) {
  const length = READ.reduce((sum, name) => sum + c[name], 0);
  let rates: Partial<Record<string, unknown>> = { ...of };
  let highest = 0;
  for (const one of of.tiers ?? []) {
    if (length > one.aboveInputTokens && one.aboveInputTokens > highest) {
      highest = one.aboveInputTokens;
      rates = { ...one };
    }
  }
  let sum: Fraction = { over: BigInt(of.perRequest), under: 1n };
  const add = (times: number, text: unknown, under: bigint): void => {
    if (typeof text !== 'string') return;
    let part: Fraction = { over: 0n, under };
    for (let i = 0; i < times; i++) part = { over: part.over + BigInt(text), under };
    sum = plus(sum, part);
  };
  for (const [name, field] of Object.entries(CLASSES)) add(c[name as keyof Counts], rates[field], 1_000_000n);
  add(used.images, of.units?.perImage, 1n);
  add(used.audioMs, of.units?.perAudioHour, 3_600_000n);
  add(used.characters ?? 0, of.units?.perMillionCharacters, 1_000_000n);
  add(used.searchUnits ?? 0, of.units?.perSearch, 1n);
  add(used.pages, of.units?.perPage, 1n);
  return sum;
}

describe('beside a slow reference', () => {
  it('every price of every usage is the same to the nano-unit, whole or in a batch', () => {
    fc.assert(
      fc.property(anyPrice, counts, units, fc.integer({ min: 1, max: 100 }), (of, c, used, percent) => {
        const usage = { ...usageOf(c), ...used };
        const exact = slowly(of, c, usage);
        expect(priceUsage(priceRates(of), usage)).toBe(halfUp(exact));
        const share = { over: exact.over * BigInt(percent), under: exact.under * 100n };
        expect(priceUsage(priceRates(of), usage, percent)).toBe(halfUp(share));
      }),
    );
  });

  it('what is held back at most is never less than what any call within it costs', () => {
    fc.assert(
      fc.property(anyPrice, counts, units, (of, c, used) => {
        const usage = { ...usageOf(c), ...used };
        const rates = priceRates(of);
        expect(dearest(rates, usage.inputTokens + 3, usage.outputTokens, used) >= priceUsage(rates, usage)).toBe(true);
      }),
    );
  });
});
