import type { Exchange } from '../../exchange.ts';

/** Notes what an API key says beyond its application. */
export function noteKey(exchange: Exchange): null {
  if (exchange.caller === null) return null;
  const { id, scopes } = exchange.caller.key;
  exchange.subject = id;
  exchange.scopes = scopes ?? exchange.scopes;
  return null;
}
