import { traitsOf } from './claude/traits.ts';
import type { ClientCall, Target } from './codec.ts';
import { type Edit, editObject, elementsOf, memberText } from './json-edit.ts';
import type { Protocol } from './neutral/call.ts';
import { isObject } from './object.ts';
import { countTokens } from './token-count.ts';
import { codecOf } from './ways.ts';

/** What a model is told that cannot be made to go on with words put into its mouth. */
const INSTRUCTION =
  'Your answer above was cut off by a technical fault. Go on with it exactly where it stops, in the middle of a word if ' +
  'need be. Repeat nothing of it, and say nothing about this.';

/** How a client's protocol holds what was said: the member with the turns, and a turn of either side. */
interface Form {
  readonly turns: string;
  said(text: string): unknown;
  asked(text: string): unknown;
  /** Where the longest answer is told: members of the request, or of one of its members. */
  readonly longest: readonly string[];
  readonly longestIn?: string;
}

const chatTurn = (role: string) => (content: string) => ({ role, content });

const FORMS: Partial<Readonly<Record<Protocol, Form>>> = {
  openai_chat: {
    turns: 'messages',
    said: chatTurn('assistant'),
    asked: chatTurn('user'),
    longest: ['max_tokens', 'max_completion_tokens'],
  },
  anthropic: { turns: 'messages', said: chatTurn('assistant'), asked: chatTurn('user'), longest: ['max_tokens'] },
  openai_responses: {
    turns: 'input',
    said: (text) => ({ role: 'assistant', content: [{ type: 'output_text', text }] }),
    asked: (text) => ({ role: 'user', content: [{ type: 'input_text', text }] }),
    longest: ['max_output_tokens'],
  },
  gemini: {
    turns: 'contents',
    said: (text) => ({ role: 'model', parts: [{ text }] }),
    asked: (text) => ({ role: 'user', parts: [{ text }] }),
    longest: ['maxOutputTokens'],
    longestIn: 'generationConfig',
  },
};

/** The least a provider takes for the longest answer. */
const LEAST_TOKENS = 16;

/** Whether an answer to the call is plain text: one, in no given form, without its tokens' probabilities. */
export function asksForText(call: ClientCall): boolean {
  const neutral = codecOf(call.protocol)?.client?.read(call) ?? null;
  if (neutral === null || 'malformed' in neutral) return false;
  const { output, choices, logprobs } = neutral;
  return output === undefined && (choices ?? 1) === 1 && logprobs === undefined;
}

/**
 * Whether a model goes on with an answer that is put into its mouth: Claude did until 4.6, unless it thinks. Others, which take
 * such a turn for one that has ended, are asked to go on in words.
 */
export function takesPrefill(protocol: Protocol, target: Target, call: ClientCall): boolean {
  if ((protocol !== 'anthropic' && protocol !== 'bedrock') || !traitsOf(target).prefill) return false;
  const neutral = codecOf(call.protocol)?.client?.read(call) ?? null;
  return neutral !== null && !('malformed' in neutral) && neutral.reasoning === undefined;
}

/** The longest answers a request allows, less what was said already. */
function lessSaid(text: string, names: readonly string[], saidTokens: number): Edit[] {
  return names.flatMap((key) => {
    const most = Number(memberText(text, key) ?? Number.NaN);
    if (!Number.isFinite(most)) return [];
    return [{ key, value: String(Math.max(LEAST_TOKENS, most - saidTokens)), add: false }];
  });
}

/**
 * The call that goes on with an answer of which `said` came: with that as the model's own last turn, and where it takes no such
 * prefill, with a turn that asks it to go on. Every other byte stays. `null` where the client's protocol has no way to say so.
 */
export function continuedCall(call: ClientCall, said: string, prefill: boolean): ClientCall | null {
  const form = FORMS[call.protocol];
  if (form === undefined) return null;
  const turns = memberText(call.text, form.turns);
  if (turns === null) return null;
  const before = turns.trimStart().startsWith('[')
    ? elementsOf(turns)
    : [JSON.stringify(form.asked(String(JSON.parse(turns))))];
  // Claude refuses words of its own that end with spaces.
  const more = prefill ? [form.said(said.trimEnd())] : [form.said(said), form.asked(INSTRUCTION)];
  const value = `[${[...before, ...more.map((turn) => JSON.stringify(turn))].join(',')}]`;
  const saidTokens = countTokens(said);
  const edits: Edit[] = [{ key: form.turns, value, add: false }];
  const { longestIn } = form;
  const inner = longestIn === undefined ? null : memberText(call.text, longestIn);
  if (longestIn === undefined) edits.push(...lessSaid(call.text, form.longest, saidTokens));
  else if (inner?.startsWith('{')) {
    edits.push({ key: longestIn, value: editObject(inner, lessSaid(inner, form.longest, saidTokens)), add: false });
  }
  const text = editObject(call.text, edits);
  const body: unknown = JSON.parse(text);
  return isObject(body) ? { ...call, text, body } : null;
}
