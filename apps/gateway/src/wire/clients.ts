import type { IncomingMessage } from 'node:http';
import { AddressRanges, plainAddress } from './address-ranges.ts';
import type { Countries } from './countries.ts';

/** How the operator's surroundings tell where calls come from. */
export interface ClientSources {
  /** CIDR ranges of the operator's own proxies (`GATEWAY_TRUSTED_PROXIES`). */
  readonly trustedProxies?: readonly string[];
  /** A header in which those proxies name the caller's country. */
  readonly countryHeader?: string | null;
  readonly countries?: Countries | null;
}

const COUNTRY = /^[A-Z]{2}$/;

/**
 * Who is at the other end. Behind proxies of the operator's own it is the last address in `X-Forwarded-For` that is not
 * one of theirs: what stands before it, anybody could have written.
 */
export class Clients {
  readonly #trusted: AddressRanges | null;
  readonly #countryHeader: string | null;
  readonly #countries: Countries | null;

  constructor({ trustedProxies = [], countryHeader = null, countries = null }: ClientSources = {}) {
    this.#trusted = trustedProxies.length > 0 ? new AddressRanges(trustedProxies) : null;
    this.#countryHeader = countryHeader;
    this.#countries = countries;
  }

  /** The caller's IP address, IPv4 in dotted form; empty when the connection is gone. */
  addressOf(request: IncomingMessage): string {
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

  /** The caller's country (ISO 3166-1 alpha-2, `DE`) as a trusted proxy or the file of countries has it; else empty. */
  countryOf(request: IncomingMessage): string {
    if (this.#countryHeader !== null && this.#trusted?.has(plainAddress(request.socket.remoteAddress ?? ''))) {
      const told = String(request.headers[this.#countryHeader] ?? '').toUpperCase();
      if (COUNTRY.test(told)) return told;
    }
    return this.#countries?.of(this.addressOf(request)) ?? '';
  }
}
