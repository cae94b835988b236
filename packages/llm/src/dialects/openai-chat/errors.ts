import { isObject } from './usage.ts';

/** The error object of OpenAI's API, as its SDKs read it. */
export interface OpenAiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** `type` that OpenAI's API uses with a status; SDKs choose their exception class by the status alone. */
export function openAiErrorType(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 404) return 'not_found_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'api_error' : 'invalid_request_error';
}

function textOr(value: unknown, fallback: string | null): string | null {
  return typeof value === 'string' ? value.slice(0, 2000) : fallback;
}

/**
 * Reads a provider's error body. Only the four fields of OpenAI's form are taken, so that nothing else of the
 * provider (organisation, key hints, traces) travels on. `null` when the body holds no error.
 */
export function readOpenAiError(text: string, status: number): OpenAiError | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(body)) return null;
  const error = body.error ?? (typeof body.message === 'string' ? body : undefined);
  if (typeof error === 'string') {
    return { message: error.slice(0, 2000), type: openAiErrorType(status), param: null, code: null };
  }
  if (!isObject(error)) return null;
  return {
    message: textOr(error.message, null) ?? 'The provider refused the request.',
    type: textOr(error.type, null) ?? openAiErrorType(status),
    param: textOr(error.param, null),
    code: textOr(error.code, null),
  };
}

/** Takes texts that must not be shown (a provider key, the provider's model name) out of an error. */
export function cleanError(
  error: OpenAiError,
  replace: readonly (readonly [secret: string, shown: string])[],
): OpenAiError {
  const clean = (text: string): string => {
    let out = text;
    for (const [secret, shown] of replace) if (secret !== '') out = out.split(secret).join(shown);
    // Providers echo parts of a key they refuse: `sk-pr***abcd`.
    return out.replace(/\b(?:sk|pk|rk|key)-[A-Za-z0-9_*.-]{4,}/g, '[redacted]');
  };
  return { ...error, message: clean(error.message) };
}
