import { countTokens } from './token-count.ts';

/** What each message costs beside its text, by OpenAI's cookbook on counting chat tokens. */
const TOKENS_PER_MESSAGE = 3;
const TOKENS_TO_PRIME_ANSWER = 3;

/** Deeper than this no message or tool nests; what does is not counted. */
const MAX_DEPTH = 32;

/** Members that hold what a model reads, in any client protocol. */
const READ = ['messages', 'input', 'contents', 'system', 'instructions', 'systemInstruction', 'tools'] as const;
/** Members that hold media, or nothing a model reads as text. */
const NOT_TEXT = new Set(['image_url', 'data', 'file_data', 'encrypted_content', 'signature', 'thoughtSignature']);

function textsOf(value: unknown, into: string[], depth = 0): void {
  if (typeof value === 'string') into.push(value);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  for (const [key, item] of Object.entries(value)) if (!NOT_TEXT.has(key)) textsOf(item, into, depth + 1);
}

/** Estimates the input tokens of a request body of any client protocol. Images and other media count nothing here. */
export function estimateInputTokens(request: Readonly<Record<string, unknown>>): number {
  const texts: string[] = [];
  for (const member of READ) textsOf(request[member], texts);
  const turns = request.messages ?? request.contents ?? request.input;
  const messages = Array.isArray(turns) ? turns.length : 0;
  return countTokens(texts.join('\n')) + messages * TOKENS_PER_MESSAGE + TOKENS_TO_PRIME_ANSWER;
}
