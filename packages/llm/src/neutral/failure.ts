import type { FailureKind, ProviderError } from './answer.ts';

const KIND_BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'authentication',
  402: 'quota',
  403: 'permission',
  404: 'not_found',
  408: 'timeout',
  413: 'too_large',
  429: 'rate_limit',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

/** How a failure is to be understood by its status alone. */
export function failureKind(status: number): FailureKind {
  return KIND_BY_STATUS[status] ?? (status >= 500 ? 'server' : 'invalid_request');
}

/** What providers say, in their codes or words, when the input does not fit a model's window. */
const CONTEXT_WINDOW =
  /context_length_exceeded|context[ _]window|maximum context length|prompt is too long|input is too long|too many (?:input )?tokens|exceeds the maximum number of tokens/i;
const CONTENT_POLICY =
  /content_policy|content_filter|responsible_?ai|content management policy|safety (?:system|filter)/i;
const QUOTA =
  /insufficient_quota|credit balance|billing_(?:hard_limit|not_active)|exceeded your current quota|payment required/i;

/** The kind of a failure by status and words: a 400 about too long an input is worth another model, others are not. */
export function readFailureKind(
  status: number,
  type: string | null,
  code: string | null,
  message: string,
): FailureKind {
  const words = `${type ?? ''} ${code ?? ''} ${message.slice(0, 500)}`;
  if (status === 400 || status === 413 || status === 422) {
    if (CONTEXT_WINDOW.test(words)) return 'context_window';
    if (CONTENT_POLICY.test(words)) return 'content_policy';
  }
  if ((status === 429 || status === 403 || status === 400) && QUOTA.test(words)) return 'quota';
  return failureKind(status);
}

/** A stream or answer that is not of its protocol. */
export function nonsense(message: string): ProviderError {
  return { kind: 'server', status: 502, message, type: null, code: null, param: null };
}
