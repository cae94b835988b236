import { countTokens } from '../../token-count.ts';

/** Token counts of one answer. Cached ones are part of input, reasoning ones part of output. */
export interface ChatUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** True for a JSON object (not an array, not null). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/** Reads the `usage` member of a completion or chunk; `null` when it holds no counts. */
export function readUsage(usage: unknown): ChatUsage | null {
  if (!isObject(usage) || (usage.prompt_tokens === undefined && usage.completion_tokens === undefined)) return null;
  const inputDetails = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const outputDetails = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const inputTokens = count(usage.prompt_tokens);
  const outputTokens = count(usage.completion_tokens);
  return {
    inputTokens,
    cachedInputTokens: Math.min(count(inputDetails.cached_tokens), inputTokens),
    outputTokens,
    reasoningTokens: Math.min(count(outputDetails.reasoning_tokens), outputTokens),
  };
}

/** What each message costs beside its text, by OpenAI's cookbook on counting chat tokens. */
const TOKENS_PER_MESSAGE = 3;
const TOKENS_TO_PRIME_ANSWER = 3;

/** Deeper than this no message or tool nests; what does is not counted. */
const MAX_DEPTH = 32;

function textsOf(value: unknown, into: string[], depth = 0): void {
  if (typeof value === 'string') into.push(value);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  for (const [key, item] of Object.entries(value)) if (key !== 'image_url') textsOf(item, into, depth + 1);
}

/** Estimates the input tokens of a chat request body from its messages and tools. Images count nothing here. */
export function estimateInputTokens(request: Record<string, unknown>): number {
  const messages = Array.isArray(request.messages) ? request.messages : [];
  const texts: string[] = [];
  textsOf(messages, texts);
  textsOf(request.tools, texts);
  return countTokens(texts.join('\n')) + messages.length * TOKENS_PER_MESSAGE + TOKENS_TO_PRIME_ANSWER;
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
