import type { Exchange } from '../exchange.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';

function take(exchange: Exchange, found: Caller | Refusal): Refusal | null {
  if (found instanceof Refusal) return found;
  exchange.caller = found;
  return null;
}

/** Finds who calls by the API key; nothing else is looked up for a caller who is not known. */
export function identify(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  if (exchange.keyText === null || exchange.keyText === '') return refusal('key_missing');
  const found = ports.keys.find(exchange.keyText);
  return found instanceof Promise ? found.then((caller) => take(exchange, caller)) : take(exchange, found);
}
