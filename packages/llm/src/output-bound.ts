import type { ClientCall, Target } from './codec.ts';
import { type Edit, editObject, memberText } from './json-edit.ts';
import type { Protocol } from './neutral/call.ts';
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

/** Newer OpenAI models refuse `max_tokens`; every other server knows no other name. */
export function maxTokensField(model: string): 'max_tokens' | 'max_completion_tokens' {
  return /^(?:o\d|gpt-[5-9])/.test(model) ? 'max_completion_tokens' : 'max_tokens';
}

/** The least bound a request can have: providers refuse one within which its own thinking has no room. */
export function leastOutputBound({ body }: ClientCall): number {
  const { thinking, reasoning } = body;
  const budget = whole(isObject(thinking) ? thinking.budget_tokens : undefined);
  return Math.max(budget ?? 0, whole(isObject(reasoning) ? reasoning.max_tokens : undefined) ?? 0) + 1;
}

/** Sets the members of these names that an object's text has; the last of them where it has none. */
function bounded(text: string, names: readonly string[], tokens: number): string {
  const value = String(tokens);
  const given = names.filter((name) => memberText(text, name) !== null);
  const edits: Edit[] = (given.length > 0 ? given : names.slice(-1)).map((key) => ({ key, value, add: true }));
  return editObject(text, edits);
}

type Bound = (call: ClientCall, target: Target, tokens: number) => string | null;

const BOUND: Partial<Readonly<Record<Protocol, Bound>>> = {
  openai_chat({ text }, { model, quirks }, tokens) {
    const wanted = quirks.maxTokensField ?? maxTokensField(model);
    const other = wanted === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
    return bounded(text, [other, wanted], tokens);
  },
  openai_responses: ({ text }, _, tokens) => bounded(text, ['max_output_tokens'], tokens),
  anthropic: ({ text }, _, tokens) => bounded(text, ['max_tokens'], tokens),
  gemini({ text, body }, _, tokens) {
    // Its older spelling beside the newer one would say two things.
    if (body.generation_config !== undefined) return null;
    const config = isObject(body.generationConfig) ? memberText(text, 'generationConfig') : null;
    const value = bounded(config ?? '{}', ['maxOutputTokens'], tokens);
    return editObject(text, [{ key: 'generationConfig', value, add: true }]);
  },
};

/**
 * The call with this bound for each of its answers, as the model it goes to at first knows it; every other byte stays. `null`
 * where its client's protocol has no way to say so.
 */
export function withOutputBound(call: ClientCall, target: Target, tokens: number): ClientCall | null {
  const text = BOUND[call.protocol]?.(call, target, tokens) ?? null;
  if (text === null) return null;
  const body: unknown = JSON.parse(text);
  return isObject(body) ? { ...call, text, body } : null;
}
