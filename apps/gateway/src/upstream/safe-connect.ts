import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressCheck } from './addresses.ts';

/** The name or address of an upstream leads to a place the gateway may not call. */
export class ForbiddenAddressError extends Error {
  readonly code = 'PARLEY_FORBIDDEN_ADDRESS';

  constructor(host: string) {
    super(`${host} has no address the gateway may connect to`);
    this.name = 'ForbiddenAddressError';
  }
}

export interface SafeConnectOptions {
  readonly check: AddressCheck;
  readonly timeoutMs: number;
  /** Certificate authorities (PEM) to trust instead of the system's. */
  readonly ca?: string;
  /** Name resolution; the system's unless told. */
  readonly resolve?: typeof systemLookup;
}

/**
 * The only way out for addresses a tenant controls. Names are resolved here, each address is judged, and the socket is
 * opened to the very addresses that passed: there is no second resolution to rebind. HTTP/1.1 only, no proxies.
 */
export function safeConnector(options: SafeConnectOptions): buildConnector.connector {
  const { check, timeoutMs, ca, resolve = systemLookup } = options;
  const lookup: LookupFunction = (hostname, given, callback) => {
    resolve(hostname, { ...given, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const passed = addresses.filter(({ address }) => check(address));
      const [first] = passed;
      if (first === undefined) return callback(new ForbiddenAddressError(hostname), '');
      if (given.all) return callback(null, passed);
      callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ timeout: timeoutMs, allowH2: false, lookup, ...(ca === undefined ? {} : { ca }) });
  return (target, callback) => {
    // A literal address is never looked up, so it is judged here. URLs have normalised odd spellings (0x7f.1) already.
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !check(host)) {
      callback(new ForbiddenAddressError(host), null);
      return;
    }
    connect(target, callback);
  };
}
