import { tokenCount, type Usage } from '../../neutral/usage.ts';
import { isObject } from '../../object.ts';
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
    ...modalities(given),
  };
}

/** Sound and pictures have rates of their own; most answers have neither. */
function modalities(given: Json): Partial<Usage> {
  const counts = (member: unknown, modality: string): number => {
    if (!Array.isArray(member)) return 0;
    const found: unknown = member.find((one: unknown) => isObject(one) && one.modality === modality);
    return isObject(found) ? tokenCount(found.tokenCount) : 0;
  };
  const { promptTokensDetails: read, cacheTokensDetails: cached, candidatesTokensDetails: wrote } = given;
  if (read === undefined && wrote === undefined) return {};
  const told = {
    audioInputTokens: counts(read, 'AUDIO'),
    cachedAudioInputTokens: counts(cached, 'AUDIO'),
    audioOutputTokens: counts(wrote, 'AUDIO'),
    imageInputTokens: counts(read, 'IMAGE'),
    cachedImageInputTokens: counts(cached, 'IMAGE'),
    imageOutputTokens: counts(wrote, 'IMAGE'),
  };
  return Object.fromEntries(Object.entries(told).filter(([, count]) => count > 0));
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
