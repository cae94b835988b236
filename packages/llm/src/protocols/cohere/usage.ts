import type { FinishReason } from '../../neutral/answer.ts';
import { tokenCount, type Usage } from '../../neutral/usage.ts';
import { isObject } from '../../object.ts';

/**
 * Reads `usage`. `billed_units` is what Cohere charges for; `tokens` holds what its own templates add as well, and counts
 * only where nothing else is told.
 */
export function readUsage(given: unknown): Usage | null {
  if (!isObject(given)) return null;
  const counts = isObject(given.billed_units) ? given.billed_units : given.tokens;
  if (!isObject(counts)) return null;
  const inputTokens = tokenCount(counts.input_tokens);
  return {
    inputTokens,
    cachedInputTokens: Math.min(tokenCount(given.cached_tokens), inputTokens),
    cacheWriteInputTokens: 0,
    cacheWrite1hInputTokens: 0,
    outputTokens: tokenCount(counts.output_tokens),
    reasoningTokens: 0,
  };
}

const REASONS: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  ERROR_LIMIT: 'length',
  TOOL_CALL: 'tool_calls',
  ERROR_TOXIC: 'content_filter',
};

/** Why an answer ended; `null` for the reasons that say it failed. */
export function readFinish(raw: unknown): FinishReason | null {
  if (raw === 'ERROR' || raw === 'TIMEOUT' || raw === 'USER_CANCEL') return null;
  return typeof raw === 'string' && Object.hasOwn(REASONS, raw) ? (REASONS[raw] as FinishReason) : 'stop';
}
