import type { TokenUsage } from '@parley/domain/call-usage';
import { priceUsage } from '@parley/domain/pricing';
import type { EarlierAnswer, Exchange } from '../exchange.ts';

/** What the exchange holds of tokens. */
function tokensOf(exchange: Exchange): Required<TokenUsage> {
  const { inputTokens, cachedInputTokens, cacheWriteInputTokens, cacheWrite1hInputTokens } = exchange;
  const { audioInputTokens, cachedAudioInputTokens, audioOutputTokens, outputTokens, reasoningTokens } = exchange;
  const { imageInputTokens, cachedImageInputTokens, imageOutputTokens } = exchange;
  const read = { inputTokens, cachedInputTokens, cacheWriteInputTokens, cacheWrite1hInputTokens };
  const sound = { audioInputTokens, cachedAudioInputTokens, audioOutputTokens };
  const pictures = { imageInputTokens, cachedImageInputTokens, imageOutputTokens };
  return { ...read, ...sound, ...pictures, outputTokens, reasoningTokens };
}

/** What was taken after an earlier answer. */
function since(all: Required<TokenUsage>, earlier: TokenUsage): Required<TokenUsage> {
  const rest = { ...all };
  for (const name of Object.keys(rest) as (keyof typeof rest)[]) rest[name] -= earlier[name] ?? 0;
  return rest;
}

/** Cost of what was noted up to now, in nano-units: of each answer at the price of the model that gave it. */
export function costSoFar(exchange: Exchange): bigint {
  const { price, usageSource, earlier } = exchange;
  if (price === null || usageSource === 'none') return 0n;
  if (earlier === null) return priceUsage(price, exchange);
  const own = since(tokensOf(exchange), earlier);
  // One that never came costs nothing that is known.
  if (own.inputTokens === 0 && own.outputTokens === 0) return earlier.costNano;
  return earlier.costNano + priceUsage(price, own);
}

/** What was taken up to now, before another answer is asked for. */
export function takenSoFar(exchange: Exchange, upstreamUs: number): EarlierAnswer {
  const { usageSource } = exchange;
  return { usageSource, ...tokensOf(exchange), upstreamUs, costNano: costSoFar(exchange) };
}
