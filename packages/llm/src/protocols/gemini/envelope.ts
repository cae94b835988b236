import type { ClientAddress, ClientCall } from '../../codec.ts';
import type { CallIssue } from '../../neutral/call.ts';
import { isObject } from '../../object.ts';
import { parseExact } from '../../parse-exact.ts';
import { objectField } from './field.ts';

/** Without `alt=sse` a stream is one JSON array that grows. */
function asksForEvents(query: string): boolean {
  const values = new URLSearchParams(query);
  return (values.get('alt') ?? values.get('$alt')) === 'sse';
}

/** Reads what every call needs. The model and whether it streams are in the address (`parseGeminiAddress`). */
export function envelope(text: string, address: ClientAddress): ClientCall | CallIssue {
  const given = parseExact(text);
  if (given === undefined) return { malformed: true, param: null, message: 'The body is not JSON.' };
  if (!isObject(given)) return { malformed: true, param: null, message: 'The body must be a JSON object.' };
  // `countTokens` may have the request whose tokens are to be counted inside.
  const body = given.contents === undefined ? (objectField(given, 'generateContentRequest') ?? given) : given;
  if (address.model === '') return { malformed: false, param: 'model', message: 'The address must name a model.' };
  if (!Array.isArray(body.contents) && !isObject(body.contents)) {
    return { malformed: false, param: 'contents', message: '`contents` must be an array of contents.' };
  }
  const call = {
    protocol: 'gemini',
    text,
    body,
    model: address.model,
    stream: address.stream,
    wantsUsage: true,
  } as const;
  return address.stream && !asksForEvents(address.query) ? { ...call, streamForm: 'json_array' } : call;
}
