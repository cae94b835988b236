import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { ExplainRequest } from '@parley/contracts/explain';
import { newId } from '@parley/kernel/id';
import { readTarget } from '../door/target.ts';
import { Exchange } from '../exchange.ts';
import type { Refusal } from '../refusals.ts';
import { readRequestHeaders } from '../wire/request-headers.ts';

/**
 * Makes the exchange of a call that nobody sent: read like any other, with an answer that goes nowhere. `fault` is what the
 * door would refuse it with.
 */
export function dryExchange(asked: ExplainRequest): { exchange: Exchange; fault: Refusal | null } {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: asked.address });
  const request = new IncomingMessage(socket);
  const body = Buffer.from(asked.body);
  request.method = asked.method;
  request.url = asked.path;
  request.httpVersion = '1.1';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.rawHeaders = asked.headers.flatMap(({ name, value }) => [name, value]);
  const given = new Set(asked.headers.map(({ name }) => name.toLowerCase()));
  // What every client sends by itself.
  if (!given.has('host')) request.rawHeaders.push('host', 'gateway');
  if (body.length > 0 && !given.has('content-length')) request.rawHeaders.push('content-length', String(body.length));
  if (body.length > 0) request.push(body);
  request.push(null);
  request.complete = true;
  const badTarget = readTarget(request);
  const exchange = new Exchange(newId(), performance.now(), request, new ServerResponse(request), false);
  return { exchange, fault: badTarget ?? readRequestHeaders(exchange) };
}
