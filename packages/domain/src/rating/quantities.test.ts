import { describe, expect, it } from 'vitest';
import { quantitiesOf } from './quantities.ts';

const CALL = {
  inputTokens: 100,
  cachedInputTokens: 60,
  cacheWriteInputTokens: 15,
  outputTokens: 40,
  reasoningTokens: 30,
  responseBytes: 5,
  costNano: '7',
};

describe('what a call used', () => {
  it('is counted by each meter: cached input apart from input, reasoning as a part of output', () => {
    expect(quantitiesOf(CALL)).toEqual({
      requests: 1n,
      inputTokens: 25n,
      cachedInputTokens: 60n,
      cacheWriteInputTokens: 15n,
      outputTokens: 40n,
      reasoningTokens: 30n,
      totalTokens: 140n,
      responseBytes: 5n,
      cost: 7n,
    });
  });

  it('is never below nothing, whatever a provider reports', () => {
    expect(quantitiesOf({ ...CALL, cachedInputTokens: 500, cacheWriteInputTokens: undefined }).inputTokens).toBe(0n);
  });
});
