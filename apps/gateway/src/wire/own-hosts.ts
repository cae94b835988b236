import { isIP } from 'node:net';

/** Names that no tenant can have: the gateway's public one, addresses, and names without a dot. */
export class OwnHosts {
  readonly #own: string | null;

  constructor(gatewayUrl: string | null) {
    this.#own = gatewayUrl === null ? null : new URL(gatewayUrl).hostname;
  }

  has(host: string): boolean {
    return host === this.#own || !host.includes('.') || host.startsWith('[') || isIP(host) !== 0;
  }
}
