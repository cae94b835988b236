import type { ClientCall, Target } from '../../codec.ts';
import { type Edit, editObject, elementsOf, memberText } from '../../json-edit.ts';
import type { CallIssue } from '../../neutral/call.ts';
import { isForeignProof } from '../../neutral/proof.ts';
import { isObject, parseJson } from '../../object.ts';

export function problem(param: string, message: string): CallIssue {
  return { malformed: false, param, message: `\`${param}\` ${message}.` };
}

/**
 * Reads a Messages request (Anthropic API reference, “Create a Message”). Only what the gateway acts on is checked; every
 * other member is the provider's to judge.
 */
export function readEnvelope(text: string): ClientCall | CallIssue {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { malformed: true, param: null, message: 'The body is not JSON, or ends before the JSON does.' };
  }
  if (!isObject(body)) return { malformed: true, param: null, message: 'The body must be a JSON object.' };
  const { model, stream, messages } = body;
  if (typeof model !== 'string' || model === '') return problem('model', 'must be the name of a model');
  if (!Array.isArray(messages)) return problem('messages', 'must be an array of messages');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return problem('stream', 'must be true or false');
  }
  return { protocol: 'anthropic', text, body, model, stream: stream === true, wantsUsage: true };
}

/** Thoughts that Claude cannot have signed: of another maker's model, or never signed at all. It refuses both. */
function isForeignThought(block: unknown): boolean {
  if (!isObject(block)) return false;
  if (block.type === 'thinking') return !block.signature || isForeignProof(block.signature);
  return block.type === 'redacted_thinking' && isForeignProof(block.data);
}

function holdsForeignThought(message: unknown): message is { readonly content: readonly unknown[] } {
  return isObject(message) && Array.isArray(message.content) && message.content.some(isForeignThought);
}

/** One message without foreign thoughts; `null` when it held nothing else. */
function withoutForeign(text: string): string | null {
  const kept = elementsOf(memberText(text, 'content') ?? '').filter((block) => !isForeignThought(parseJson(block)));
  if (kept.length === 0) return null;
  return editObject(text, [{ key: 'content', value: `[${kept.join(',')}]`, add: false }]);
}

/** `messages` without the thoughts another model's answers brought into it; `null` when there are none. */
function ownMessages(call: ClientCall): string | null {
  const messages = call.body.messages as readonly unknown[];
  if (!messages.some(holdsForeignThought)) return null;
  const texts = elementsOf(memberText(call.text, 'messages') ?? '');
  const kept = texts.map((text, i) => (holdsForeignThought(messages[i]) ? withoutForeign(text) : text));
  return `[${kept.filter((text) => text !== null).join(',')}]`;
}

/** The body for a provider of the same protocol: the client's text with the provider's model name. */
export function toProviderBody(call: ClientCall, target: Target): string {
  const edits: Edit[] = [];
  if (target.model !== call.model) edits.push({ key: 'model', value: JSON.stringify(target.model), add: true });
  const messages = ownMessages(call);
  if (messages !== null) edits.push({ key: 'messages', value: messages, add: false });
  return edits.length === 0 ? call.text : editObject(call.text, edits);
}
