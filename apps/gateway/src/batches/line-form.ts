import { memberText } from '@parley/llm/json-edit';
import { isObject, parseJson } from '@parley/llm/object';
import type { BatchDialect, LineProblem } from './batch.ts';
import { shownId } from './batch-id.ts';

/** One call of a batch. */
export interface BatchCall {
  readonly customId: string;
  readonly model: string;
  /** JSON text, as its sender wrote it. */
  readonly body: string;
}

/** What became of a call: answered (well or not), or never made. */
export type LineResult =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'unmade'; readonly code: string; readonly message: string };

/** What a line's result is written with. */
export interface ResultPlace {
  readonly customId: string;
  /** The id of the call's record. */
  readonly id: string;
}

/** How calls of a dialect stand in a file, and how their results do. */
interface LineForm {
  /** Results that failed are in a file of their own. */
  readonly apart: boolean;
  read(text: string, endpoint: string): BatchCall | Omit<LineProblem, 'line'>;
  write(result: LineResult, place: ResultPlace): string;
}

const MAX_CUSTOM_ID = 512;
const ANTHROPIC_ID = /^[\w-]{1,64}$/;

function problem(code: string, param: string | null, message: string): Omit<LineProblem, 'line'> {
  return { code, param, message };
}

function missing(param: string): Omit<LineProblem, 'line'> {
  return problem('missing_required_parameter', param, `Missing required parameter: '${param}'.`);
}

/** The call in a member of a line's object. */
function callIn(text: string, line: Record<string, unknown>, member: string): BatchCall | Omit<LineProblem, 'line'> {
  const { custom_id: customId, [member]: body } = line;
  if (typeof customId !== 'string' || customId === '' || customId.length > MAX_CUSTOM_ID) return missing('custom_id');
  if (!isObject(body)) return missing(member);
  if (typeof body.model !== 'string' || body.model === '') return missing(`${member}.model`);
  if (body.stream === true)
    return problem('invalid_request', `${member}.stream`, 'Streaming is not supported in batches.');
  return { customId, model: body.model, body: memberText(text, member) ?? JSON.stringify(body) };
}

/** JSON on one line: line breaks stand between the parts of a JSON text only. */
function oneLine(json: string): string | null {
  return parseJson(json) === undefined ? null : json.replaceAll(/[\r\n]+/g, ' ');
}

const openai: LineForm = {
  apart: true,
  read(text, endpoint) {
    const line = parseJson(text);
    if (!isObject(line)) return problem('invalid_json_line', null, 'This line is not parseable as valid JSON.');
    if (line.method !== 'POST') return problem('invalid_method', 'method', "The method must be 'POST'.");
    if (line.url !== endpoint) {
      return problem('mismatched_url', 'url', `The URL must be the endpoint of the batch, '${endpoint}'.`);
    }
    return callIn(text, line, 'body');
  },
  write(result, { customId, id }) {
    const head = `{"id":${JSON.stringify(shownId('batch_req_', id))},"custom_id":${JSON.stringify(customId)}`;
    if (result.kind === 'unmade') {
      const { code, message } = result;
      return `${head},"response":null,"error":${JSON.stringify({ code, message })}}`;
    }
    const body = oneLine(result.body) ?? 'null';
    return `${head},"response":{"status_code":${result.status},"request_id":"${id}","body":${body}},"error":null}`;
  },
};

const UNMADE: Readonly<Record<string, string>> = {
  batch_expired: '{"type":"expired"}',
  batch_cancelled: '{"type":"canceled"}',
};

function anthropicError(message: string): string {
  return JSON.stringify({ type: 'error', error: { type: 'api_error', message } });
}

function anthropicResult(result: LineResult): string {
  if (result.kind === 'unmade') {
    return UNMADE[result.code] ?? `{"type":"errored","error":${anthropicError(result.message)}}`;
  }
  const body = oneLine(result.body);
  if (body !== null && result.status < 400) return `{"type":"succeeded","message":${body}}`;
  return `{"type":"errored","error":${body ?? anthropicError('The answer is no JSON.')}}`;
}

const anthropic: LineForm = {
  apart: false,
  read(text) {
    const line = parseJson(text);
    if (!isObject(line)) return problem('invalid_request', null, 'This request is no object.');
    if (typeof line.custom_id !== 'string' || !ANTHROPIC_ID.test(line.custom_id)) {
      return problem('invalid_request', 'custom_id', '`custom_id` must be 1 to 64 letters, digits, `-` or `_`.');
    }
    return callIn(text, line, 'params');
  },
  write: (result, { customId }) => `{"custom_id":${JSON.stringify(customId)},"result":${anthropicResult(result)}}`,
};

export const LINE_FORMS: Readonly<Record<BatchDialect, LineForm>> = { openai, anthropic };
