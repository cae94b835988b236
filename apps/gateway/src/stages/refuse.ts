import { Readable } from 'node:stream';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { Refusal } from '../refusals.ts';
import { discardRest } from '../wire/body.ts';
import { errorBody } from '../wire/error-body.ts';
import { addOwnHeaders } from '../wire/response-headers.ts';
import { settle } from './settle.ts';

/** Ends a call that has not been answered yet with a refusal: body in the caller's dialect, recorded like any other. */
export function refuse(exchange: Exchange, refusal: Refusal, ports: Ports): void {
  if (exchange.settled) return;
  if (exchange.side !== null) return refuseSide(exchange, refusal, ports);
  const body = errorBody(exchange, refusal, ports.portalUrl);
  const { retryAfterSeconds, allow, authenticate, link, headers: more } = refusal.details;
  const headers = ['content-type', body.contentType, 'content-length', String(Buffer.byteLength(body.text))];
  if (authenticate !== undefined) headers.push('www-authenticate', authenticate);
  else if (refusal.status === 401) headers.push('www-authenticate', 'Bearer realm="parley"');
  if (retryAfterSeconds !== undefined) headers.push('retry-after', String(retryAfterSeconds));
  if (allow !== undefined) headers.push('allow', allow);
  if (link !== undefined) headers.push('link', link);
  if (more !== undefined) headers.push(...more);
  // A client that waits for `100 Continue` may or may not send its body now; a new connection makes that certain.
  addOwnHeaders(exchange, headers, ports.life.draining || exchange.expectsContinue || exchange.closes);
  exchange.status = refusal.status;
  exchange.code = refusal.code;
  if (refusal.code === 'client_closed') exchange.abortedBy = 'client';
  exchange.replyHeaders = headers;
  exchange.replyBody = exchange.method === 'HEAD' ? null : body.text;
  exchange.responseBytes = exchange.method === 'HEAD' ? 0 : Buffer.byteLength(body.text);
  exchange.call?.abort();
  const passing = exchange.upstreamRequest?.body;
  if (passing instanceof Readable) passing.destroy();
  discardRest(exchange);
  settle(exchange, ports);
}

/** What the gateway asked for itself: there is no caller to tell. */
function refuseSide(exchange: Exchange, refusal: Refusal, ports: Ports): void {
  exchange.status = refusal.status;
  exchange.code = refusal.code;
  exchange.call?.abort();
  settle(exchange, ports);
}
