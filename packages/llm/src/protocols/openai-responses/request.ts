import type { ClientCall, Target } from '../../codec.ts';
import { type Edit, editObject } from '../../json-edit.ts';
import type { CallIssue } from '../../neutral/call.ts';
import { isForeignProof } from '../../neutral/proof.ts';
import { isObject } from '../../object.ts';
import { jsonProblem } from '../openai-chat/request.ts';

/**
 * What would make the provider keep the conversation, or read one it kept. It keeps them under the publisher's account, where
 * every caller's lie side by side: none may read another's, so nothing is kept and nothing read.
 */
const KEPT = ['previous_response_id', 'conversation', 'prompt'] as const;

function issue(param: string, message: string): CallIssue {
  return { malformed: false, param, message };
}

/** Reads a request of the Responses API as far as every call needs it (OpenAI API reference, “Create a model response”). */
export function readEnvelope(text: string): ClientCall | CallIssue {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return { malformed: true, param: null, message: jsonProblem(error) };
  }
  if (!isObject(body)) return { malformed: true, param: null, message: 'The body must be a JSON object.' };
  const { model, stream, input } = body;
  if (typeof model !== 'string' || model === '') return issue('model', '`model` must be the name of a model.');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return issue('stream', '`stream` must be true or false.');
  }
  if (typeof input !== 'string' && !Array.isArray(input)) {
    return issue('input', '`input` must be a text or an array of items.');
  }
  for (const name of KEPT) {
    if (body[name] === undefined || body[name] === null) continue;
    return issue(
      name,
      `\`${name}\` is not served here: nothing of a conversation is kept. Send all of it in \`input\`.`,
    );
  }
  const reference = Array.isArray(input)
    ? input.findIndex((item) => isObject(item) && item.type === 'item_reference')
    : -1;
  if (reference !== -1) return issue(`input[${reference}]`, 'Items are not kept here: send the item itself.');
  return { protocol: 'openai_responses', text, body, model, stream: stream === true, wantsUsage: true };
}

/** Thoughts of another maker's model, which its own provider alone can read. */
function withoutForeign(call: ClientCall): string | null {
  const { input } = call.body;
  if (!call.text.includes('parley') || !Array.isArray(input)) return null;
  const own = input.filter(
    (item) => !(isObject(item) && item.type === 'reasoning' && isForeignProof(item.encrypted_content)),
  );
  return own.length === input.length ? null : JSON.stringify(own);
}

/** The body for a provider of the same protocol: the client's text with the provider's model name, and nothing kept. */
export function toProviderBody(call: ClientCall, target: Target): string {
  const edits: Edit[] = [];
  if (target.model !== call.model) edits.push({ key: 'model', value: JSON.stringify(target.model), add: true });
  if (call.body.store !== false) edits.push({ key: 'store', value: 'false', add: true });
  // Whether a response is answered later is the gateway's own affair: its provider is asked for it at once.
  if (call.body.background === true) edits.push({ key: 'background', value: null, add: false });
  const input = withoutForeign(call);
  if (input !== null) edits.push({ key: 'input', value: input, add: false });
  return edits.length === 0 ? call.text : editObject(call.text, edits);
}
