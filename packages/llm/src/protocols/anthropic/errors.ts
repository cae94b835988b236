import type { ClientError } from '../../codec.ts';
import type { ProviderError } from '../../neutral/answer.ts';
import { readFailureKind } from '../../neutral/failure.ts';
import { defined, isObject, parseJson, textOf } from '../../object.ts';

/** Anthropic's error types and the statuses they come with (API reference, “Errors”). */
const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

const STATUS_BY_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** Longest message of a provider that is handed on. */
const MAX_MESSAGE_CHARS = 2000;

/** Body of an error, in a response of its own or as data of `event: error`. */
export function errorBody(error: ClientError): string {
  const type =
    error.type ?? TYPE_BY_STATUS[error.status] ?? (error.status >= 500 ? 'api_error' : 'invalid_request_error');
  return JSON.stringify({
    type: 'error',
    error: defined({
      type,
      message: error.message,
      code: error.code ?? undefined,
      param: error.param ?? undefined,
      doc_url: error.docUrl ?? undefined,
      ...error.more,
    }),
    request_id: error.requestId,
  });
}

/** Reads the error of a parsed body; `status` is the response's, or `null` in a stream or a 200, where its type tells. */
export function readErrorObject(body: unknown, status: number | null): ProviderError | null {
  if (!isObject(body)) return null;
  const error = isObject(body.error) ? body.error : null;
  const given = textOf(error?.message) ?? textOf(body.error) ?? textOf(body.message);
  if (error === null && given === undefined) return null;
  const type = textOf(error?.type) ?? null;
  const own = status ?? (type !== null && Object.hasOwn(STATUS_BY_TYPE, type) ? (STATUS_BY_TYPE[type] as number) : 502);
  const message = (given ?? 'The provider refused the request.').slice(0, MAX_MESSAGE_CHARS);
  const details = isObject(error?.details) ? error.details : {};
  const code = textOf(details.error_code) ?? null;
  return { kind: readFailureKind(own, type, code, message), status: own, message, type, code, param: null };
}

/** Reads the body of an answer that is no 2xx; `null` when it holds no error. */
export function readError(text: string, status: number): ProviderError | null {
  return readErrorObject(parseJson(text), status);
}
