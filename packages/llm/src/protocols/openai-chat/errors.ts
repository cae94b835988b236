import type { ClientError } from '../../codec.ts';
import type { ProviderError } from '../../neutral/answer.ts';
import { readFailureKind } from '../../neutral/failure.ts';
import { isObject, ownEntry, parseJson } from '../../object.ts';

/** `type` that OpenAI's API uses with a status; SDKs choose their exception class by the status alone. */
export function openAiErrorType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}

/** Codes OpenAI's own API uses for the same thing; its users match on them. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  rate_limited: 'rate_limit_exceeded',
};

/** OpenAI's error object. */
export function errorObject(error: ClientError): Readonly<Record<string, unknown>> {
  const { message, type, param, code, requestId, docUrl } = error;
  return {
    message,
    type: type ?? openAiErrorType(error.status),
    param,
    code: code === null ? null : (ownEntry(OPENAI_CODES, code) ?? code),
    request_id: requestId,
    ...(docUrl === null ? {} : { doc_url: docUrl }),
    ...error.more,
  };
}

/** Body of an error answer, as OpenAI's SDKs read it. */
export function errorBody(error: ClientError): string {
  return JSON.stringify({ error: errorObject(error) });
}

const MAX_CHARS = 2000;

function textOr<T>(value: unknown, fallback: T): string | T {
  return typeof value === 'string' ? value.slice(0, MAX_CHARS) : fallback;
}

/**
 * Reads the error in a provider's JSON. Only the four fields of OpenAI's form are taken, so that nothing else of the provider
 * (organisation, key hints, traces) travels on.
 */
export function readErrorBody(body: Readonly<Record<string, unknown>>, status: number): ProviderError {
  const given = body.error ?? body;
  const error = isObject(given) ? given : {};
  const message = typeof given === 'string' ? given.slice(0, MAX_CHARS) : textOr(error.message, null);
  const type = textOr(error.type, null);
  const code = typeof error.code === 'number' ? String(error.code) : textOr(error.code, null);
  const shown = message ?? 'The provider refused the request.';
  return {
    kind: readFailureKind(status, type, code, shown),
    status,
    message: shown,
    type: type ?? openAiErrorType(status),
    code,
    param: textOr(error.param, null),
  };
}

/** Reads the body of an answer that is no 2xx; `null` when it holds no error. */
export function readError(text: string, status: number): ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  const { error } = body;
  if (isObject(error) || typeof error === 'string' || typeof body.message === 'string')
    return readErrorBody(body, status);
  return null;
}
