import { type Edit, editObject, memberText } from '../../json-edit.ts';
import { isObject } from './usage.ts';

/** A chat completion request as received: the text stays what is sent on, the fields are what a gateway must know. */
export interface ChatRequest {
  readonly text: string;
  readonly body: Record<string, unknown>;
  readonly model: string;
  readonly stream: boolean;
  /** The client set `stream_options.include_usage` itself. */
  readonly wantsUsage: boolean;
}

/** Why a body is not a chat request: not JSON (`param` null), or a field of the wrong kind. */
export interface ChatRequestIssue {
  readonly malformed: boolean;
  readonly param: string | null;
  readonly message: string;
}

function issue(param: string, message: string): ChatRequestIssue {
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
export function readChatRequest(text: string): ChatRequest | ChatRequestIssue {
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
    text,
    body,
    model,
    stream: stream === true,
    wantsUsage: stream === true && isObject(options) && options.include_usage === true,
  };
}

export function isChatRequestIssue(value: ChatRequest | ChatRequestIssue): value is ChatRequestIssue {
  return 'malformed' in value;
}

/**
 * The body to send to the provider: the client's text with the provider's model name, and with usage asked for when
 * streaming. Everything else is byte for byte as received.
 */
export function toProviderBody(request: ChatRequest, providerModel: string): string {
  const edits: Edit[] = [];
  if (providerModel !== request.model) edits.push({ key: 'model', value: JSON.stringify(providerModel), add: true });
  if (request.stream && !request.wantsUsage) {
    const given = isObject(request.body.stream_options) ? memberText(request.text, 'stream_options') : null;
    const options = editObject(given ?? '{}', [{ key: 'include_usage', value: 'true', add: true }]);
    edits.push({ key: 'stream_options', value: options, add: true });
  }
  return edits.length === 0 ? request.text : editObject(request.text, edits);
}
