import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { addOwnHeaders } from '../wire/response-headers.ts';
import { settle } from './settle.ts';

/** Ends a call with a whole JSON answer of the gateway's own making. */
export function reply(exchange: Exchange, ports: Ports, status: number, json: string): void {
  replyWith(exchange, ports, { status, headers: [], json });
}

/** The same with flat names and values of further headers. */
export function replyWith(
  exchange: Exchange,
  ports: Ports,
  { status, headers: more, json }: { status: number; headers: readonly string[]; json: string },
): void {
  const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(json)), ...more];
  addOwnHeaders(exchange, headers, ports.life.draining);
  exchange.status = status;
  exchange.replyHeaders = headers;
  exchange.replyBody = exchange.method === 'HEAD' ? null : json;
  exchange.responseBytes = exchange.method === 'HEAD' ? 0 : Buffer.byteLength(json);
  settle(exchange, ports);
}

/** Starts a stream: of server-sent events unless told otherwise. */
export function startStream(exchange: Exchange, ports: Ports, contentType = 'text/event-stream; charset=utf-8'): void {
  const headers = ['content-type', contentType, 'cache-control', 'no-cache', 'x-accel-buffering', 'no'];
  addOwnHeaders(exchange, headers, ports.life.draining);
  exchange.status = 200;
  exchange.response.writeHead(200, headers);
  exchange.headSent = true;
}

/** Sends a piece of a stream. False when the client is slower than the upstream: then the upstream must wait. */
export function sendPiece(exchange: Exchange, text: string): boolean {
  exchange.responseBytes += Buffer.byteLength(text);
  if (exchange.bodies !== null) exchange.bodies.piece(text);
  if (exchange.context !== null) exchange.context.piece(text);
  return exchange.response.write(text);
}
