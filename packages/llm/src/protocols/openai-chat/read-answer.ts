import type { Answer, Block, Choice, ProviderError } from '../../neutral/answer.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { readErrorBody } from './errors.ts';
import { readFinish } from './finish.ts';
import { mediaSource } from './media.ts';
import { readProof, readThoughts } from './thoughts.ts';
import { readUsage } from './usage.ts';

function textsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) ? (textOf(part.text) ?? '') : '')).join('');
}

function readCalls(message: Readonly<Record<string, unknown>>): Block[] {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  if (isObject(message.function_call)) calls.push({ id: 'function', function: message.function_call });
  const blocks: Block[] = [];
  for (const [i, call] of calls.entries()) {
    if (!isObject(call)) continue;
    const fn = call.function;
    if (!isObject(fn) || typeof fn.name !== 'string') {
      blocks.push({ kind: 'other', protocol: 'openai_chat', raw: call, text: '' });
      continue;
    }
    const text = typeof fn.arguments === 'string' ? fn.arguments : JSON.stringify(fn.arguments ?? {});
    const proof = readProof(call);
    const id = textOf(call.id) || `call_${i}`;
    blocks.push({ kind: 'tool_call', id, name: fn.name, text: text || '{}', ...(proof ? { proof } : {}) });
  }
  return blocks;
}

function readImages(message: Readonly<Record<string, unknown>>): Block[] {
  if (!Array.isArray(message.images)) return [];
  const blocks: Block[] = [];
  for (const image of message.images) {
    const url = isObject(image) && isObject(image.image_url) ? textOf(image.image_url.url) : undefined;
    const source = url === undefined ? null : mediaSource(url);
    if (source?.kind === 'data') blocks.push({ kind: 'image', mediaType: source.mediaType, text: source.data });
  }
  return blocks;
}

function readChoice(given: unknown): Choice {
  const blocks: Block[] = [];
  if (!isObject(given)) return { blocks, finish: null };
  const message = isObject(given.message) ? given.message : {};
  for (const { text, redacted, proof } of readThoughts(message)) {
    blocks.push({ kind: 'reasoning', text, ...(redacted ? { redacted } : {}), ...(proof ? { proof } : {}) });
  }
  const text = textsOf(message.content);
  if (text !== '') {
    const annotations = Array.isArray(message.annotations) ? message.annotations : undefined;
    blocks.push({ kind: 'text', text, ...(annotations ? { annotations } : {}) });
  }
  if (typeof message.refusal === 'string' && message.refusal !== '')
    blocks.push({ kind: 'refusal', text: message.refusal });
  blocks.push(...readImages(message));
  const calls = readCalls(message);
  blocks.push(...calls);
  const raw = textOf(given.finish_reason);
  if (raw === undefined) return { blocks, finish: null };
  const stopSequence = textOf(given.stop_reason) ?? textOf(given.matched_stop);
  const reason = readFinish(raw, calls.length > 0);
  return { blocks, finish: { reason, raw, ...(stopSequence === undefined ? {} : { stopSequence }) } };
}

/** Reads a whole completion; an error in a 200 as such; `null` for what is neither. */
export function readAnswer(text: string): Answer | ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  if (body.error !== undefined && body.error !== null) return readErrorBody(body, 502);
  if (!Array.isArray(body.choices) || body.choices.length === 0) return null;
  const choices: Choice[] = [];
  for (const [i, choice] of body.choices.entries()) {
    const index = isObject(choice) && typeof choice.index === 'number' ? choice.index : i;
    // An index of a provider's fancy makes no holes and no million choices.
    choices[Number.isInteger(index) && index >= 0 && index < body.choices.length ? index : i] = readChoice(choice);
  }
  for (let i = 0; i < choices.length; i++) choices[i] ??= { blocks: [], finish: null };
  return {
    id: textOf(body.id) ?? null,
    model: textOf(body.model) ?? null,
    choices,
    usage: readUsage(body.usage),
  };
}
