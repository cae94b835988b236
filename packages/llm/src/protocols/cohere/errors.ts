import type { ProviderError } from '../../neutral/answer.ts';
import { readFailureKind } from '../../neutral/failure.ts';
import { isObject, parseJson, textOf } from '../../object.ts';

/** A trial key that has used up its month is told with the status of every other limit. */
const USED_UP = /API calls \/ month|monthly limit|out of credits/i;

/** What Cohere answers where the input or the output was blocked. */
const BLOCKED = 498;

/** A failure by its words and status. */
export function failure(message: string, status: number): ProviderError {
  const read = readFailureKind(status, null, null, message);
  const kind = status === BLOCKED ? 'content_policy' : status === 429 && USED_UP.test(message) ? 'quota' : read;
  return { kind, status, message, type: null, code: null, param: null };
}

/** Reads the body of an answer that is no 2xx: `{"message": …}`, also under `data` of older ones. */
export function readError(text: string, status: number): ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  const message = textOf(body.message) ?? textOf(body.data) ?? textOf(body.error);
  return message === undefined ? null : failure(message.slice(0, 2000), status);
}
