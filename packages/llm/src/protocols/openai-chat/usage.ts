import { tokenCount as count, type Usage } from '../../neutral/usage.ts';
import { isObject } from '../../object.ts';

/** Reads the `usage` member of a completion or chunk; `null` when it holds no counts. */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage) || (usage.prompt_tokens === undefined && usage.completion_tokens === undefined)) return null;
  const inputDetails = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const outputDetails = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const inputTokens = count(usage.prompt_tokens);
  const outputTokens = count(usage.completion_tokens);
  return {
    inputTokens,
    cachedInputTokens: Math.min(count(inputDetails.cached_tokens), inputTokens),
    cacheWriteInputTokens: Math.min(count(inputDetails.cache_write_tokens), inputTokens),
    cacheWrite1hInputTokens: 0,
    outputTokens,
    reasoningTokens: Math.min(count(outputDetails.reasoning_tokens), outputTokens),
    ...audio(count(inputDetails.audio_tokens), count(outputDetails.audio_tokens)),
  };
}

/** Most answers have none. */
function audio(input: number, output: number): Pick<Usage, 'audioInputTokens' | 'audioOutputTokens'> {
  return input + output === 0 ? {} : { audioInputTokens: input, audioOutputTokens: output };
}

/** Adds every text a message or delta carries: content, refusal, reasoning, and names and arguments of tool calls. */
export function collectOutput(message: unknown, into: string[]): void {
  if (!isObject(message)) return;
  for (const key of ['content', 'refusal', 'reasoning_content', 'reasoning']) {
    const text = message[key];
    if (typeof text === 'string' && text !== '') into.push(text);
  }
  if (!Array.isArray(message.tool_calls)) return;
  for (const call of message.tool_calls) {
    if (!isObject(call) || !isObject(call.function)) continue;
    if (typeof call.function.name === 'string') into.push(call.function.name);
    if (typeof call.function.arguments === 'string') into.push(call.function.arguments);
  }
}
