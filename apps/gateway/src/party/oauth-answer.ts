import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { replyWith } from '../stages/reply.ts';

/** Errors of these endpoints (PT-5.4), with their status. */
const STATUS = {
  invalid_request: 400,
  invalid_scope: 400,
  invalid_target: 400,
  access_denied: 403,
  temporarily_unavailable: 503,
} as const;
export type OAuthError = keyof typeof STATUS;

const NO_STORE = ['cache-control', 'no-store', 'pragma', 'no-cache'];

/** Ends the call with an error in OAuth's form (RFC 6749 §5.2). */
export function failOAuth(exchange: Exchange, ports: Ports, error: OAuthError, description: string): null {
  if (exchange.settled) return null;
  const status = STATUS[error];
  const headers = status === 503 ? [...NO_STORE, 'retry-after', '1'] : NO_STORE;
  exchange.code = error;
  replyWith(exchange, ports, { status, headers, json: JSON.stringify({ error, error_description: description }) });
  return null;
}

/** Ends the call with an answer that nobody may keep. */
export function answerOAuth(exchange: Exchange, ports: Ports, json: string): null {
  if (!exchange.settled) replyWith(exchange, ports, { status: 200, headers: NO_STORE, json });
  return null;
}
