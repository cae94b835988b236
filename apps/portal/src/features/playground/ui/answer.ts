import type { ServerEvent } from '@/gateway-call/event-reader.ts';
import type { ToolCall } from './conversation.ts';

/** What a model has said so far. */
export interface Answer {
  readonly text: string;
  /** Its thoughts, as far as it shows them. */
  readonly reasoning: string;
  readonly calls: readonly ToolCall[];
  readonly finishReason: string | null;
  readonly usage: AnswerUsage | null;
  /** Why it broke off. */
  readonly problem: string | null;
}

export interface AnswerUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export const NO_ANSWER: Answer = {
  text: '',
  reasoning: '',
  calls: [],
  finishReason: null,
  usage: null,
  problem: null,
};

type Json = Record<string, unknown>;
const objectIn = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
const countIn = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** The answer after one more event of a Chat Completions stream. */
export function after(before: Answer, { data }: ServerEvent): Answer {
  if (data === '[DONE]') return before;
  const chunk = parsed(data);
  if (chunk === null) return before;
  if (chunk['error']) return { ...before, problem: textIn(objectIn(chunk['error'])['message']) || 'It broke off.' };
  const choice = objectIn(Array.isArray(chunk['choices']) ? chunk['choices'][0] : null);
  const delta = objectIn(choice['delta']);
  return {
    text: before.text + textIn(delta['content']) + textIn(delta['refusal']),
    reasoning: before.reasoning + (textIn(delta['reasoning_content']) || textIn(delta['reasoning'])),
    calls: Array.isArray(delta['tool_calls'])
      ? delta['tool_calls'].map(objectIn).reduce(withCall, before.calls)
      : before.calls,
    finishReason: textIn(choice['finish_reason']) || before.finishReason,
    usage: chunk['usage'] ? usageIn(objectIn(chunk['usage'])) : before.usage,
    problem: before.problem,
  };
}

function parsed(data: string): Json | null {
  try {
    return objectIn(JSON.parse(data));
  } catch {
    return null;
  }
}

function withCall(calls: readonly ToolCall[], piece: Json): readonly ToolCall[] {
  const at = countIn(piece['index']);
  const said = objectIn(piece['function']);
  const known = calls[at] ?? { id: '', name: '', arguments: '' };
  const call = {
    id: known.id || textIn(piece['id']),
    name: known.name || textIn(said['name']),
    arguments: known.arguments + textIn(said['arguments']),
  };
  return at < calls.length ? calls.with(at, call) : [...calls, call];
}

function usageIn(usage: Json): AnswerUsage {
  return {
    inputTokens: countIn(usage['prompt_tokens']),
    cachedInputTokens: countIn(objectIn(usage['prompt_tokens_details'])['cached_tokens']),
    outputTokens: countIn(usage['completion_tokens']),
    reasoningTokens: countIn(objectIn(usage['completion_tokens_details'])['reasoning_tokens']),
  };
}

/** Why a call was refused, in the words of the answer's body. */
export function refusalIn(body: string, status: number): string {
  const said = objectIn(parsed(body)?.['error']);
  const message = textIn(said['message']) || textIn(parsed(body)?.['detail']);
  return message || `The gateway answered ${status}.`;
}
