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
};
const SILENT = { audioInputTokens: 0, cachedAudioInputTokens: 0, audioOutputTokens: 0, ratePercent: 100 };

test('the lines of a call name every token once and add up to what it was charged', () => {
  const counts = {
    inputTokens: 1200,
    cachedInputTokens: 200,
    cacheWriteInputTokens: 300,
    cacheWrite1hInputTokens: 100,
    audioInputTokens: 250,
    cachedAudioInputTokens: 50,
    audioOutputTokens: 150,
    ratePercent: 50,
    outputTokens: 500,
    reasoningTokens: 100,
  };
  const lines = costLines(counts, PRICE);
  expect(lines.map(({ label, tokens }) => [label, tokens])).toEqual([
    ['Input', 500],
    ['Sound input', 200],
    ['Input from cache', 150],
    ['Sound input from cache', 50],
    ['Input into cache', 200],
    ['Input into cache, 1 h', 100],
    ['Output', 250],
    ['Sound output', 150],
    ['Reasoning', 100],
  ]);
  const charged = priceUsage(
    {
      priceId: PRICE.id,
      currency: PRICE.currency,
      inputPerMillion: BigInt(PRICE.inputPerMillionNano),
      cachedInputPerMillion: BigInt(PRICE.cachedInputPerMillionNano),
      outputPerMillion: BigInt(PRICE.outputPerMillionNano),
      reasoningPerMillion: BigInt(PRICE.reasoningPerMillionNano),
      perRequest: 0n,
      cacheWritePerMillion: BigInt(PRICE.cacheWritePerMillionNano),
      cacheWrite1hPerMillion: BigInt(PRICE.cacheWrite1hPerMillionNano),
      audioInputPerMillion: BigInt(PRICE.audioInputPerMillionNano),
      cachedAudioInputPerMillion: BigInt(PRICE.cachedAudioInputPerMillionNano),
      audioOutputPerMillion: BigInt(PRICE.audioOutputPerMillionNano),
      batchPercent: 50,
    },
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
    { label: 'Input from cache', tokens: 10, rateNano: null, amountNano: null },
  ]);
});
