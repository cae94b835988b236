import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { BalancedCall } from '../upstream/balanced-call.ts';
import { UpstreamCall } from '../upstream/call.ts';
import type { Relay } from './relay.ts';

/** Makes the call and gives its answer to a relay. */
export function start(exchange: Exchange, ports: Ports, relay: Relay): Refusal | null {
  const request = exchange.upstreamRequest;
  if (request === null) return refusal('internal');
  exchange.relay = relay;
  if (request.group !== null) {
    const balanced = new BalancedCall(exchange, request, request.group, relay, ports.deadlines);
    exchange.call = balanced;
    return balanced.start();
  }
  const call = new UpstreamCall(exchange, request, relay, ports.deadlines);
  exchange.call = call;
  call.start();
  return null;
}
