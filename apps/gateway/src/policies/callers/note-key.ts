import type { Exchange } from '../../exchange.ts';

/** Notes what an API key says beyond its application. */
export function noteKey(exchange: Exchange): null {
  // A party token says itself whom it names, and has the scopes it was given.
  if (exchange.caller === null || exchange.party !== null) return null;
  const { id, scopes } = exchange.caller.key;
  exchange.subject = id;
  exchange.scopes = scopes ?? exchange.scopes;
  return null;
}
