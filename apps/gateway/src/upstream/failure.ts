import type { RefusalCode } from '@parley/contracts/refusal-codes';

/** Error codes of ours, Node and OpenSSL, and what they mean for a call that has not been answered yet. */
const CODES: Readonly<Record<string, RefusalCode>> = {
  PARLEY_FORBIDDEN_ADDRESS: 'upstream_forbidden_address',
  ETIMEDOUT: 'upstream_timeout',
  PARLEY_MALFORMED_ANSWER: 'upstream_invalid',
  PARLEY_UNSENDABLE_REQUEST: 'upstream_invalid',
};

/** The connection itself was lost: before any answer, the call may be tried again if it is safe to repeat. */
const LOST_CONNECTION = new Set(['PARLEY_CONNECTION_LOST', 'ECONNRESET', 'EPIPE']);

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The refusal for a failure before the answer began. Node tries several addresses and reports them together. */
export function failureCode(error: unknown): RefusalCode {
  if (error instanceof AggregateError) {
    return error.errors.every((one) => codeOf(one) === 'ETIMEDOUT') ? 'upstream_timeout' : 'upstream_unreachable';
  }
  return CODES[codeOf(error)] ?? 'upstream_unreachable';
}

export function isLostConnection(error: unknown): boolean {
  return LOST_CONNECTION.has(codeOf(error));
}
