import { tokenCount, type Usage } from '../../neutral/usage.ts';
import { isObject } from '../../object.ts';

/** Reads the `usage` of a response; `null` when it holds no counts. */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage) || (usage.input_tokens === undefined && usage.output_tokens === undefined)) return null;
  const input = isObject(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const output = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  const inputTokens = tokenCount(usage.input_tokens);
  const outputTokens = tokenCount(usage.output_tokens);
  return {
    inputTokens,
    cachedInputTokens: Math.min(tokenCount(input.cached_tokens), inputTokens),
    cacheWriteInputTokens: 0,
    cacheWrite1hInputTokens: 0,
    outputTokens,
    reasoningTokens: Math.min(tokenCount(output.reasoning_tokens), outputTokens),
  };
}

/** Usage as a response tells it. */
export function writeUsage(usage: Usage): Readonly<Record<string, unknown>> {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
