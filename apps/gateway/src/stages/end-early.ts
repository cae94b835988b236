import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { KeptResponse } from '../resumable/kept-response.ts';
import { refuse } from './refuse.ts';
import { settle, settleBroken } from './settle.ts';

/**
 * The client has gone: the upstream is let go at once, and what was used until now is recorded. A call whose answer is
 * kept for repeats goes on to its end instead: asking again is just what a client does that has waited too long. So does a
 * stream that can be taken up again, until `forGood`.
 */
export function clientGone(exchange: Exchange, ports: Ports, forGood = false): void {
  if (exchange.settled) return;
  if (!forGood && exchange.response instanceof KeptResponse && exchange.response.leave()) {
    exchange.clientLeft = true;
    return;
  }
  if (exchange.keeping !== null && exchange.attempts > 0 && !exchange.stream) {
    exchange.abortedBy = 'client';
    exchange.call?.resume();
    return;
  }
  if (exchange.call?.takesLeave?.() || exchange.settled) return;
  exchange.call?.abort();
  exchange.relay?.noteUsage();
  exchange.abortedBy = 'client';
  exchange.code = 'client_closed';
  if (!exchange.headSent) exchange.status = refusal('client_closed').status;
  settle(exchange, ports);
}

/** The gateway has to end a running call: as a refusal, or as an error within the answer that has begun. */
export function endByGateway(exchange: Exchange, reason: Refusal, ports: Ports): void {
  if (exchange.settled) return;
  if (!exchange.headSent) return refuse(exchange, reason, ports);
  exchange.call?.abort();
  exchange.relay?.noteUsage();
  exchange.code = reason.code;
  const text = exchange.relay?.brokenText(reason) ?? null;
  if (text === null) return settleBroken(exchange, ports);
  exchange.replyBody = text;
  settle(exchange, ports);
}
