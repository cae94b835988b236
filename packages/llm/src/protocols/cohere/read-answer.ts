import type { Answer, Block, ProviderError } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { failure } from './errors.ts';
import { readFinish, readUsage } from './usage.ts';
import { PLAN, THINKING } from './write-messages.ts';

type Json = Readonly<Record<string, unknown>>;

/** Thoughts with the mark by which they find back to their place. */
export function thought(text: string, where: string): Block {
  return { kind: 'reasoning', text, proof: { protocol: 'cohere', value: where } };
}

/** An answer that says of itself that it failed. */
export function failedAnswer(reason: unknown, words: unknown): ProviderError {
  const message = textOf(words) ?? 'The provider could not complete the answer.';
  return reason === 'TIMEOUT' ? { ...failure(message, 504), kind: 'timeout' } : nonsense(message);
}

function readContent(content: unknown, blocks: Block[]): void {
  if (typeof content === 'string') blocks.push({ kind: 'text', text: content });
  if (!Array.isArray(content)) return;
  for (const item of content) {
    if (!isObject(item)) continue;
    if (typeof item.thinking === 'string') blocks.push(thought(item.thinking, THINKING));
    else if (typeof item.text === 'string' && item.text !== '') blocks.push({ kind: 'text', text: item.text });
  }
}

function readMessage(message: Json): Block[] {
  const blocks: Block[] = [];
  if (typeof message.tool_plan === 'string' && message.tool_plan !== '') blocks.push(thought(message.tool_plan, PLAN));
  readContent(message.content, blocks);
  if (!Array.isArray(message.tool_calls)) return blocks;
  for (const [i, call] of message.tool_calls.entries()) {
    if (!isObject(call) || !isObject(call.function) || typeof call.function.name !== 'string') continue;
    const id = textOf(call.id) ?? `call_${i}`;
    blocks.push({ kind: 'tool_call', id, name: call.function.name, text: textOf(call.function.arguments) || '{}' });
  }
  return blocks;
}

/** Reads a whole answer of `POST /v2/chat`. */
export function readAnswer(text: string): Answer | ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  if (!isObject(body.message))
    return typeof body.message === 'string' ? failure(body.message.slice(0, 2000), 502) : null;
  const reason = readFinish(body.finish_reason);
  if (reason === null) return failedAnswer(body.finish_reason, body.error);
  const raw = textOf(body.finish_reason);
  return {
    id: textOf(body.id) ?? null,
    model: null,
    choices: [{ blocks: readMessage(body.message), finish: raw === undefined ? null : { reason, raw } }],
    usage: readUsage(body.usage),
  };
}
