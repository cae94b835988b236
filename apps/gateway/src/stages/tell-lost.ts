import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** Tells a caller who is known by now why the address leads nowhere. */
export function tellLost(exchange: Exchange): Refusal {
  return exchange.lost ?? refusal('internal');
}
