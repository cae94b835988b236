import { clampUsage } from '@parley/domain/pricing';
import { estimateInputTokens } from '@parley/llm/estimate';
import type { Usage } from '@parley/llm/neutral/usage';
import { countTokens } from '@parley/llm/token-count';
import type { Exchange } from '../exchange.ts';

/** Notes what the provider says the call used. */
export function noteProviderUsage(exchange: Exchange, usage: Usage): void {
  const clean = clampUsage(usage);
  exchange.usageSource = 'provider';
  exchange.inputTokens = clean.inputTokens;
  exchange.cachedInputTokens = clean.cachedInputTokens;
  exchange.cacheWriteInputTokens = clean.cacheWriteInputTokens;
  exchange.cacheWrite1hInputTokens = clean.cacheWrite1hInputTokens;
  exchange.audioInputTokens = clean.audioInputTokens;
  exchange.cachedAudioInputTokens = clean.cachedAudioInputTokens;
  exchange.audioOutputTokens = clean.audioOutputTokens;
  exchange.outputTokens = clean.outputTokens;
  exchange.reasoningTokens = clean.reasoningTokens;
  addEarlier(exchange);
}

/** An answer that was asked for once more took what both took. */
function addEarlier(exchange: Exchange): void {
  const { earlier } = exchange;
  if (earlier === null) return;
  exchange.inputTokens += earlier.inputTokens;
  exchange.cachedInputTokens += earlier.cachedInputTokens;
  exchange.cacheWriteInputTokens += earlier.cacheWriteInputTokens ?? 0;
  exchange.cacheWrite1hInputTokens += earlier.cacheWrite1hInputTokens ?? 0;
  exchange.audioInputTokens += earlier.audioInputTokens ?? 0;
  exchange.cachedAudioInputTokens += earlier.cachedAudioInputTokens ?? 0;
  exchange.audioOutputTokens += earlier.audioOutputTokens ?? 0;
  exchange.outputTokens += earlier.outputTokens;
  exchange.reasoningTokens += earlier.reasoningTokens;
  if (earlier.usageSource === 'estimated') exchange.usageSource = 'estimated';
}

const CHARS_PER_TOKEN = 4;

/** Notes an estimate, from the request and what was relayed of the answer: the provider never said. */
export function noteEstimatedUsage(exchange: Exchange, output: string, droppedChars = 0): void {
  const { operation, operationWay } = exchange;
  exchange.usageSource = 'estimated';
  exchange.inputTokens =
    operation === null || operationWay === null
      ? estimateInputTokens((exchange.continued ?? exchange.chat)?.body ?? {})
      : operationWay.estimated(operation).inputTokens;
  exchange.cachedInputTokens = 0;
  exchange.cacheWriteInputTokens = 0;
  exchange.cacheWrite1hInputTokens = 0;
  exchange.audioInputTokens = 0;
  exchange.cachedAudioInputTokens = 0;
  exchange.audioOutputTokens = 0;
  exchange.reasoningTokens = 0;
  exchange.outputTokens = countTokens(output) + Math.ceil(droppedChars / CHARS_PER_TOKEN);
  addEarlier(exchange);
}
