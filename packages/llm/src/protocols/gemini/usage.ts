import { tokenCount, type Usage } from '../../neutral/usage.ts';
import type { Json } from './field.ts';

/**
 * Reads `usageMetadata`. Tokens that tools brought into the prompt stand beside `promptTokenCount`, thoughts beside
 * `candidatesTokenCount`, which is left out where it is nothing, or on Vertex where only the total is told.
 */
export function readUsage(given: Json): Usage {
  const prompt = tokenCount(given.promptTokenCount);
  const tools = tokenCount(given.toolUsePromptTokenCount);
  const thoughts = tokenCount(given.thoughtsTokenCount);
  const rest = tokenCount(given.totalTokenCount) - prompt - tools - thoughts;
  const candidates =
    given.candidatesTokenCount === undefined ? Math.max(0, rest) : tokenCount(given.candidatesTokenCount);
  return {
    inputTokens: prompt + tools,
    cachedInputTokens: Math.min(tokenCount(given.cachedContentTokenCount), prompt + tools),
    cacheWriteInputTokens: 0,
    cacheWrite1hInputTokens: 0,
    outputTokens: candidates + thoughts,
    reasoningTokens: thoughts,
  };
}

/** Writes `usageMetadata`: what is nothing is left out, as Google does. */
export function writeUsage(usage: Usage): Json {
  const { inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = usage;
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: Math.max(0, outputTokens - reasoningTokens),
    totalTokenCount: inputTokens + outputTokens,
    ...(cachedInputTokens > 0 ? { cachedContentTokenCount: cachedInputTokens } : {}),
    ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {}),
  };
}
