import { ServerResponse } from 'node:http';
import type { ExplainRequest } from '@parley/contracts/explain';
import { newId } from '@parley/kernel/id';
import { readTarget } from '../door/target.ts';
import { Exchange } from '../exchange.ts';
import type { Refusal } from '../refusals.ts';
import { madeRequest } from '../wire/made-request.ts';
import { readRequestHeaders } from '../wire/request-headers.ts';

/**
 * Makes the exchange of a call that nobody sent: read like any other, with an answer that goes nowhere. `fault` is what the
 * door would refuse it with.
 */
export function dryExchange(asked: ExplainRequest): { exchange: Exchange; fault: Refusal | null } {
  const headers = asked.headers.flatMap(({ name, value }) => [name, value]);
  const { method, path: url, address } = asked;
  const request = madeRequest({ method, url, headers, body: Buffer.from(asked.body), address });
  const badTarget = readTarget(request);
  const exchange = new Exchange(newId(), performance.now(), request, new ServerResponse(request), false);
  return { exchange, fault: badTarget ?? readRequestHeaders(exchange) };
}
