import type { UsageEvent } from '@parley/contracts/usage-event';
import type { Attributes } from '@parley/telemetry/otlp/value';
import type { Exchange } from '../exchange.ts';
import type { CompiledProvider } from '../snapshot/compiled.ts';

/** OpenTelemetry's names for providers, by the format that is spoken to them (semantic conventions, `gen_ai.provider.name`). */
const BY_FORMAT: Readonly<Record<string, string>> = {
  openai_compatible: 'openai',
  openai_chat: 'openai',
  openai_responses: 'openai',
  anthropic: 'anthropic',
  gemini: 'gcp.gemini',
  vertex: 'gcp.vertex_ai',
  bedrock: 'aws.bedrock',
  azure: 'azure.ai.openai',
  cohere: 'cohere',
};
/** Providers with a name there that speak another's format. */
const BY_HOST: readonly (readonly [host: string, name: string])[] = [
  ['deepseek.com', 'deepseek'],
  ['groq.com', 'groq'],
  ['mistral.ai', 'mistral_ai'],
  ['perplexity.ai', 'perplexity'],
  ['x.ai', 'x_ai'],
];

export function providerName({ origin, formatName }: Pick<CompiledProvider, 'origin' | 'formatName'>): string {
  const { hostname } = new URL(origin);
  const known = BY_HOST.find(([host]) => hostname === host || hostname.endsWith(`.${host}`));
  return known?.[1] ?? BY_FORMAT[formatName] ?? formatName;
}

/** Names of operations that differ from ours. */
const OPERATIONS: Readonly<Record<string, string>> = { embedding: 'embeddings' };

/** What a model was asked to do; `null` where none was. */
export function operationName({ kind }: UsageEvent, { operation, modelPath }: Exchange): string | null {
  if (operation !== null) return OPERATIONS[operation.operation] ?? operation.operation;
  if (kind === 'prompt') return 'chat';
  if (kind !== 'chat') return null;
  return modelPath?.protocol === 'gemini' ? 'generate_content' : 'chat';
}

/** What every span and metric of a model's call says of it. */
export function commonAttributes(
  operation: string,
  provider: CompiledProvider | null,
  model: string | null,
): Attributes {
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': provider === null ? 'unknown' : providerName(provider),
    'gen_ai.request.model': model,
  };
}

/** What is known of an answer. */
export function answerAttributes(event: UsageEvent): Attributes {
  const counted = event.usageSource !== 'none';
  return {
    'gen_ai.response.model': event.providerModel,
    'gen_ai.response.finish_reasons': event.finishReason === undefined ? null : [event.finishReason],
    'gen_ai.usage.input_tokens': counted ? event.inputTokens : null,
    'gen_ai.usage.output_tokens': counted ? event.outputTokens : null,
    'gen_ai.usage.cache_read.input_tokens': event.cachedInputTokens || null,
    'gen_ai.usage.cache_creation.input_tokens': event.cacheWriteInputTokens ?? null,
    'gen_ai.conversation.id': event.sessionId,
  };
}
