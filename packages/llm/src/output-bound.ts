import { isObject } from './object.ts';

/** Members that bound an answer, in any client protocol; the newest names first. */
const BOUNDS = ['max_completion_tokens', 'max_output_tokens', 'max_tokens'] as const;
const MAX_ANSWERS = 128;

function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : null;
}

/**
 * How long the answer to a request of any client protocol may be: `tokens` for each of its `answers`; `null` where the request
 * does not say.
 */
export function outputBound(request: Readonly<Record<string, unknown>>): {
  readonly tokens: number | null;
  readonly answers: number;
} {
  const gemini = isObject(request.generationConfig) ? request.generationConfig : {};
  let tokens = whole(gemini.maxOutputTokens);
  for (const member of BOUNDS) tokens ??= whole(request[member]);
  const answers = whole(request.n) ?? whole(gemini.candidateCount) ?? 1;
  return { tokens, answers: Math.min(Math.max(answers, 1), MAX_ANSWERS) };
}
