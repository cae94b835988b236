import type { Answer, Block, Finish, FinishReason, ProviderError } from '../../neutral/answer.ts';
import { nonsense, readFailureKind } from '../../neutral/failure.ts';
import { isObject, ownEntry, parseJson, textOf } from '../../object.ts';
import { readErrorBody } from '../openai-chat/errors.ts';
import { readProof } from './reasoning-id.ts';
import { readUsage } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

const INCOMPLETE: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'length',
  content_filter: 'content_filter',
};

/** Why a response ended. */
export function readFinish(response: Members, calledTools: boolean): Finish {
  if (response.status === 'incomplete') {
    const details = response.incomplete_details;
    const raw = (isObject(details) ? textOf(details.reason) : undefined) ?? 'incomplete';
    return { reason: ownEntry(INCOMPLETE, raw) ?? 'length', raw };
  }
  return { reason: calledTools ? 'tool_calls' : 'stop', raw: textOf(response.status) ?? 'completed' };
}

/** What a failed response says went wrong. */
export function readFailure(response: Members): ProviderError {
  const { error } = response;
  if (!isObject(error)) return nonsense('the provider gave up its answer');
  const code = textOf(error.code) ?? null;
  const message = textOf(error.message)?.slice(0, 2000) ?? 'The provider gave up its answer.';
  const status =
    code === 'rate_limit_exceeded' ? 429 : code === 'invalid_prompt' || code?.includes('image') ? 400 : 500;
  return { kind: readFailureKind(status, null, code, message), status, message, type: null, code, param: null };
}

/** Texts of a reasoning item: its summary, and where the provider shows them its thoughts. */
export function thoughtsOf(item: Members): string {
  const texts: string[] = [];
  for (const list of [item.summary, item.content]) {
    if (!Array.isArray(list)) continue;
    for (const entry of list) if (isObject(entry) && typeof entry.text === 'string') texts.push(entry.text);
  }
  return texts.join('\n\n');
}

function readMessage(item: Members): Block[] {
  const blocks: Block[] = [];
  if (!Array.isArray(item.content)) return blocks;
  for (const part of item.content) {
    if (!isObject(part)) continue;
    if (part.type === 'refusal') blocks.push({ kind: 'refusal', text: textOf(part.refusal) ?? '' });
    else if (typeof part.text === 'string') {
      const annotations = Array.isArray(part.annotations) && part.annotations.length > 0 ? part.annotations : undefined;
      blocks.push({ kind: 'text', text: part.text, ...(annotations ? { annotations } : {}) });
    }
  }
  return blocks;
}

function readItem(item: Members): Block[] {
  switch (item.type) {
    case 'message':
      return readMessage(item);
    case 'function_call': {
      const id = textOf(item.call_id) ?? textOf(item.id) ?? 'call';
      return [{ kind: 'tool_call', id, name: textOf(item.name) ?? '', text: textOf(item.arguments) || '{}' }];
    }
    case 'reasoning': {
      const encrypted = textOf(item.encrypted_content);
      const text = thoughtsOf(item);
      if (text === '' && encrypted === undefined) return [];
      const proof = encrypted === undefined ? {} : { proof: readProof(textOf(item.id), encrypted) };
      return [{ kind: 'reasoning', text, ...(text === '' ? { redacted: true } : {}), ...proof }];
    }
    case 'image_generation_call':
      if (typeof item.result !== 'string') return [];
      return [{ kind: 'image', mediaType: `image/${textOf(item.output_format) ?? 'png'}`, text: item.result }];
    default:
      return [{ kind: 'other', protocol: 'openai_responses', raw: item, text: '' }];
  }
}

/** Reads a whole response; a failed one and an error in a 200 as such; `null` for what is none. */
export function readAnswer(text: string): Answer | ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  if (body.status === 'failed') return readFailure(body);
  if (!Array.isArray(body.output)) {
    return isObject(body.error) || typeof body.error === 'string' ? readErrorBody(body, 502) : null;
  }
  const blocks: Block[] = [];
  for (const item of body.output) if (isObject(item)) blocks.push(...readItem(item));
  const calledTools = blocks.some(({ kind }) => kind === 'tool_call');
  return {
    id: textOf(body.id) ?? null,
    model: textOf(body.model) ?? null,
    choices: [{ blocks, finish: readFinish(body, calledTools) }],
    usage: readUsage(body.usage),
  };
}
