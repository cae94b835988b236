import { tokenCount, type Usage } from '../../neutral/usage.ts';
import { isObject } from '../../object.ts';

/** Reads `usage`; `null` when it is none. `inputTokens` exclude what was read from the cache and written into it. */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null;
  const read = tokenCount(usage.cacheReadInputTokens);
  const written = tokenCount(usage.cacheWriteInputTokens);
  let oneHour = 0;
  if (Array.isArray(usage.cacheDetails)) {
    for (const detail of usage.cacheDetails) {
      if (isObject(detail) && detail.ttl === '1h') oneHour += tokenCount(detail.inputTokens);
    }
  }
  return {
    inputTokens: tokenCount(usage.inputTokens) + read + written,
    cachedInputTokens: read,
    cacheWriteInputTokens: written,
    cacheWrite1hInputTokens: Math.min(oneHour, written),
    outputTokens: tokenCount(usage.outputTokens),
    reasoningTokens: 0,
  };
}
