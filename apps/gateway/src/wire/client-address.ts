import type { IncomingMessage } from 'node:http';
import { AddressRanges, plainAddress } from './address-ranges.ts';

/**
 * Who is at the other end. Behind proxies of the operator's own (`GATEWAY_TRUSTED_PROXIES`) it is the last address in
 * `X-Forwarded-For` that is not one of theirs: what stands before it, anybody could have written.
 */
export class ClientAddresses {
  readonly #trusted: AddressRanges | null;

  constructor(trustedProxies: readonly string[]) {
    this.#trusted = trustedProxies.length > 0 ? new AddressRanges(trustedProxies) : null;
  }

  /** The caller's IP address, IPv4 in dotted form; empty when the connection is gone. */
  of(request: IncomingMessage): string {
    const peer = plainAddress(request.socket.remoteAddress ?? '');
    if (this.#trusted === null || !this.#trusted.has(peer)) return peer;
    const header = request.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    let nearest = peer;
    for (const hop of hops.reverse()) {
      const address = plainAddress(hop.trim());
      if (address === '') break;
      nearest = address;
      if (!this.#trusted.has(address)) break;
    }
    return nearest;
  }
}
