import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import { refuse } from './refuse.ts';
import { settleBroken } from './settle.ts';

/** Something of ours has thrown in the middle of a call: it is logged, recorded and ended; the process goes on. */
export function endByBug(exchange: Exchange, error: unknown, ports: Ports): void {
  ports.log.error('a request failed', { error, requestId: exchange.id });
  if (exchange.settled) {
    exchange.response.destroy();
    return;
  }
  exchange.call?.abort();
  if (!exchange.headSent) return refuse(exchange, refusal('internal'), ports);
  exchange.code = 'internal';
  settleBroken(exchange, ports);
}
