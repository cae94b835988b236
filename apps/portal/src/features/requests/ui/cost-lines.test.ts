import { priceRates } from '@parley/domain/price-rates';
import { priceUsage } from '@parley/domain/pricing';
import { expect, test } from 'vitest';
import { costLines } from './cost-lines.ts';

const PRICE = {
  id: 'price',
  currency: 'USD',
  inputPerMillionNano: '2500000000',
  cachedInputPerMillionNano: '1250000000',
  outputPerMillionNano: '10000000000',
  reasoningPerMillionNano: '12000000000',
  perRequestNano: '0',
  cacheWritePerMillionNano: '3125000000',
  cacheWrite1hPerMillionNano: '5000000000',
  audioInputPerMillionNano: '40000000000',
  cachedAudioInputPerMillionNano: '2500000000',
  audioOutputPerMillionNano: '80000000000',
  aboveInputTokens: null,
  imageInputPerMillionNano: '8000000000',
  cachedImageInputPerMillionNano: '2000000000',
  imageOutputPerMillionNano: '32000000000',
  perImageNano: '40000000',
  perAudioHourNano: '360000000',
  perMillionCharactersNano: '15000000000',
  perSearchNano: '2000000',
  perPageNano: null,
};
const NO_UNITS = { images: 0, imageClass: '', audioMs: 0, characters: 0, searchUnits: 0, pages: 0 };
const SILENT = {
  audioInputTokens: 0,
  cachedAudioInputTokens: 0,
  audioOutputTokens: 0,
  imageInputTokens: 0,
  cachedImageInputTokens: 0,
  imageOutputTokens: 0,
  ratePercent: 100,
  ...NO_UNITS,
};

test('the lines of a call name every token once and add up to what it was charged', () => {
  const counts = {
    inputTokens: 1200,
    cachedInputTokens: 200,
    cacheWriteInputTokens: 300,
    cacheWrite1hInputTokens: 100,
    audioInputTokens: 250,
    cachedAudioInputTokens: 50,
    audioOutputTokens: 150,
    imageInputTokens: 90,
    cachedImageInputTokens: 40,
    imageOutputTokens: 110,
    images: 2,
    imageClass: '1024x1024/high',
    audioMs: 5000,
    characters: 70,
    searchUnits: 3,
    pages: 0,
    ratePercent: 50,
    outputTokens: 500,
    reasoningTokens: 100,
  };
  const lines = costLines(counts, PRICE);
  expect(lines.map(({ label, count }) => [label, count])).toEqual([
    ['Input', 450],
    ['Sound input', 200],
    ['Picture input', 50],
    ['Input from cache', 110],
    ['Sound input from cache', 50],
    ['Picture input from cache', 40],
    ['Input into cache', 200],
    ['Input into cache, 1 h', 100],
    ['Output', 140],
    ['Sound output', 150],
    ['Picture output', 110],
    ['Reasoning', 100],
    ['Pictures, 1024x1024 high', 2],
    ['Sound listened to', 5],
    ['Text spoken', 70],
    ['Searches', 3],
  ]);
  const charged = priceUsage(
    priceRates({
      id: 'p',
      currency: 'USD',
      effectiveFromMs: 0,
      inputPerMillion: PRICE.inputPerMillionNano,
      cachedInputPerMillion: PRICE.cachedInputPerMillionNano,
      outputPerMillion: PRICE.outputPerMillionNano,
      reasoningPerMillion: PRICE.reasoningPerMillionNano,
      cacheWritePerMillion: PRICE.cacheWritePerMillionNano,
      cacheWrite1hPerMillion: PRICE.cacheWrite1hPerMillionNano,
      audioInputPerMillion: PRICE.audioInputPerMillionNano,
      cachedAudioInputPerMillion: PRICE.cachedAudioInputPerMillionNano,
      audioOutputPerMillion: PRICE.audioOutputPerMillionNano,
      imageInputPerMillion: PRICE.imageInputPerMillionNano,
      cachedImageInputPerMillion: PRICE.cachedImageInputPerMillionNano,
      imageOutputPerMillion: PRICE.imageOutputPerMillionNano,
      perRequest: '0',
      units: {
        perImage: PRICE.perImageNano,
        perAudioHour: PRICE.perAudioHourNano,
        perMillionCharacters: PRICE.perMillionCharactersNano,
        perSearch: PRICE.perSearchNano,
      },
    }),
    counts,
    counts.ratePercent,
  );
  expect(lines.reduce((sum, { amountNano }) => sum + (amountNano ?? 0n), 0n)).toBe(charged);
});

test('classes without tokens are left out, and without a price only counts are told', () => {
  const counts = {
    inputTokens: 10,
    cachedInputTokens: 10,
    cacheWriteInputTokens: 0,
    cacheWrite1hInputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    ...SILENT,
  };
  expect(costLines(counts, null)).toEqual([
    { label: 'Input from cache', count: 10, unit: 'tokens', per: 'million', rateNano: null, amountNano: null },
  ]);
});
