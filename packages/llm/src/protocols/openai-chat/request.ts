import type { ClientCall, Target } from '../../codec.ts';
import { type Edit, editObject, memberText } from '../../json-edit.ts';
import type { CallIssue } from '../../neutral/call.ts';
import { isObject } from '../../object.ts';

function issue(param: string, message: string): CallIssue {
  return { malformed: false, param, message };
}

/** Where JSON stops making sense, without quoting the body: V8's message up to its excerpt. */
export function jsonProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position \d+/.exec(message);
  return position ? `It stops being JSON ${position[0]}.` : 'It ends before the JSON does, or is not JSON at all.';
}

/**
 * Reads a chat completion request (OpenAI API reference, “Create chat completion”). Only what the gateway acts on is
 * checked; every other field is the provider's to judge.
 */
export function readChatRequest(text: string): ClientCall | CallIssue {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return { malformed: true, param: null, message: jsonProblem(error) };
  }
  if (!isObject(body)) return { malformed: true, param: null, message: 'The body must be a JSON object.' };
  const { model, stream, messages, stream_options: options } = body;
  if (typeof model !== 'string' || model === '') return issue('model', '`model` must be the name of a model.');
  if (!Array.isArray(messages)) return issue('messages', '`messages` must be an array of messages.');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return issue('stream', '`stream` must be true or false.');
  }
  if (options !== undefined && options !== null && !isObject(options)) {
    return issue('stream_options', '`stream_options` must be an object.');
  }
  return {
    protocol: 'openai_chat',
    text,
    body,
    model,
    stream: stream === true,
    wantsUsage: stream === true && isObject(options) && options.include_usage === true,
  };
}

/**
 * The body to send to a provider of the same protocol: the client's text with the provider's model name, with usage asked for
 * when streaming, and without what the provider is known to refuse. Everything else is byte for byte as received.
 */
export function toProviderBody(call: ClientCall, target: Target): string {
  const { quirks } = target;
  const edits: Edit[] = [];
  if (target.model !== call.model) edits.push({ key: 'model', value: JSON.stringify(target.model), add: true });
  if (call.stream && quirks.streamOptions === false) edits.push({ key: 'stream_options', value: null, add: false });
  else if (call.stream && !call.wantsUsage) {
    const given = isObject(call.body.stream_options) ? memberText(call.text, 'stream_options') : null;
    const options = editObject(given ?? '{}', [{ key: 'include_usage', value: 'true', add: true }]);
    edits.push({ key: 'stream_options', value: options, add: true });
  }
  const wanted = quirks.maxTokensField;
  const other = wanted === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  if (wanted !== undefined && call.body[wanted] === undefined && call.body[other] !== undefined) {
    edits.push(
      { key: other, value: null, add: false },
      { key: wanted, value: memberText(call.text, other), add: true },
    );
  }
  return edits.length === 0 ? call.text : editObject(call.text, edits);
}
