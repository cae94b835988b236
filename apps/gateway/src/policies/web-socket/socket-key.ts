import { preparing } from '../../explain/notes.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { protocolKey } from './handshake.ts';

/** Takes the caller's key from a subprotocol, where the policy says so: before anybody asks who calls. */
export function readSocketKey({ policies }: EndpointSource): Stage | null {
  if (!policies.webSocket?.browserKeys) return null;
  return preparing('webSocket', (exchange) => {
    exchange.keyText ??= protocolKey(exchange.request);
    return null;
  });
}
