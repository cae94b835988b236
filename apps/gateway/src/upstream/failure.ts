import type { RefusalCode } from '@parley/contracts/refusal-codes';

/** Error codes of undici, Node and OpenSSL, and what they mean for a call that has not been answered yet. */
const CODES: Readonly<Record<string, RefusalCode>> = {
  PARLEY_FORBIDDEN_ADDRESS: 'upstream_forbidden_address',
  UND_ERR_CONNECT_TIMEOUT: 'upstream_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'upstream_timeout',
  UND_ERR_BODY_TIMEOUT: 'upstream_timeout',
  ETIMEDOUT: 'upstream_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'upstream_invalid',
  ERR_INVALID_CHAR: 'upstream_invalid',
  ERR_HTTP_INVALID_HEADER_VALUE: 'upstream_invalid',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'upstream_invalid',
};

/** The connection itself was lost: before any answer, the call may be tried again if it is safe to repeat. */
const LOST_CONNECTION = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The refusal for a failure before the answer began. Node tries several addresses and reports them together. */
export function failureCode(error: unknown): RefusalCode {
  if (error instanceof AggregateError) {
    return error.errors.every((one) => codeOf(one) === 'ETIMEDOUT') ? 'upstream_timeout' : 'upstream_unreachable';
  }
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return 'upstream_invalid';
  return CODES[code] ?? 'upstream_unreachable';
}

export function isLostConnection(error: unknown): boolean {
  return LOST_CONNECTION.has(codeOf(error));
}
