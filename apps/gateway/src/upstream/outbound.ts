import type { AddressCheck } from './addresses.ts';
import { ask, type Reply } from './http1/ask.ts';
import { Upstreams } from './pool.ts';

const CONNECT_MS = 5000;

/** A question the gateway asks on its own account. */
export interface Question {
  readonly url: URL | string;
  /** Sent as `POST` with this form when given, else `GET`. */
  readonly form?: string;
  /** What `Host` and the certificate say where that is not the address's own host. */
  readonly host?: string | null;
  /** Flat names (lower case) and values. */
  readonly headers?: readonly string[];
  /** Ends it at any moment, also while its answer is read. */
  readonly signal: AbortSignal;
}

/**
 * What the gateway asks at addresses a tenant chose. Like calls it goes through the SSRF-safe connector; redirects are not
 * followed. Answers are bounded in size and silence (`http1/ask.ts`).
 */
export class Outbound {
  readonly #upstreams: Upstreams;

  /** `ca`: certificates (PEM) to trust instead of the system's. */
  constructor(check: AddressCheck, ca?: string) {
    this.#upstreams = new Upstreams(check, ca);
  }

  /** Resolves with the head of the answer; its body has to be read or destroyed. Rejects when there is none. */
  ask({ url, form, host = null, headers = [], signal }: Question): Promise<Reply> {
    const { origin, pathname, search } = new URL(url);
    const pool = this.#upstreams.pool(origin, CONNECT_MS, host);
    const typed = form === undefined ? headers : [...headers, 'content-type', 'application/x-www-form-urlencoded'];
    const method = form === undefined ? 'GET' : 'POST';
    return ask(pool, { method, path: pathname + search, headers: typed, body: form ?? null, signal });
  }

  close(): void {
    this.#upstreams.close();
  }
}
