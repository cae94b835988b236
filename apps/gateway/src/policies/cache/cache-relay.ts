import type { IncomingHttpHeaders } from 'node:http';
import type { CachePolicy } from '@parley/contracts/policies/cache';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../../exchange.ts';
import type { Fill } from '../../ports/cache/fills.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Refusal } from '../../refusals.ts';
import type { Relay } from '../../stages/relay.ts';
import { type CacheNote, withCacheStatus } from './cache-status.ts';
import { confirmsStored, headersOf304, isNotModified } from './conditional.ts';
import { confirm, type Entry, makeEntry } from './entry.ts';
import { type Head, varyNames, whyNotStored } from './freshness.ts';
import { play } from './play.ts';
import type { CacheRequest } from './request.ts';
import { decide } from './reuse.ts';

export interface Fetching {
  readonly request: CacheRequest;
  readonly policy: CachePolicy;
  /** Mark of the resource when it was looked up. */
  readonly mark: string;
  /** Why the call goes to the upstream. */
  readonly forwarded: NonNullable<CacheNote['forwarded']>;
  /** The stored answer that is asked about, or may stand in for a failure. */
  readonly stored: Entry | null;
  /** Told how it ended; others may wait for it. */
  readonly fill: Fill | null;
  /** Asks once more, without validators. */
  readonly again: () => void;
}

/** Failures of an upstream that a stored answer may stand in for (RFC 5861 §4). */
const FAILURES = new Set([500, 502, 503, 504]);

/** An upstream's answer on its way to the caller and into the cache, or replaced by the stored one it confirms or fails. */
export class CacheRelay implements Relay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #inner: Relay;
  readonly #fetching: Fetching;
  readonly #requestedAtMs: number;
  #head: Head | null = null;
  #pieces: Buffer[] | null = null;
  #bytes = 0;
  /** The caller gets a 304 in place of this answer. */
  #quiet = false;
  /** The stored answer was given in place of this one, of which nothing more counts. */
  #replaced = false;

  constructor(exchange: Exchange, ports: Ports, inner: Relay, fetching: Fetching) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#inner = inner;
    this.#fetching = fetching;
    this.#requestedAtMs = ports.clock.nowMs();
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    const { policy, stored, fill } = this.#fetching;
    const head = { status, headers, requestedAtMs: this.#requestedAtMs, receivedAtMs: this.#ports.clock.nowMs() };
    this.#head = head;
    if (stored !== null && status === 304) return;
    // A code says that this is the upstream's fallback, not its answer.
    const failed = FAILURES.has(status) || this.#exchange.code !== null;
    if (failed && this.#standIn(status)) return;
    const length = Number(headers['content-length'] ?? Number.NaN);
    const keeps = whyNotStored(head, policy) === null && !(length > policy.maxEntryBytes);
    if (keeps) this.#pieces = [];
    else fill?.end(failed ? 'failed' : 'not shared');
    const note = { ...this.#note(), stored: keeps && (Number.isFinite(length) || status === 204) };
    this.#quiet = status === 200 && isNotModified(this.#fetching.request.conditions, headers, head.receivedAtMs);
    if (this.#quiet) this.#inner.onHead(304, withCacheStatus(headersOf304(headers), note));
    else this.#inner.onHead(status, withCacheStatus(headers, note));
  }

  onData(chunk: Buffer): void {
    if (this.#replaced) return;
    this.#bytes += chunk.length;
    if (this.#pieces !== null && this.#bytes <= this.#fetching.policy.maxEntryBytes) this.#pieces.push(chunk);
    else if (this.#pieces !== null) {
      this.#pieces = null;
      this.#fetching.fill?.end('not shared');
    }
    if (!this.#quiet && this.#head?.status !== 304) this.#inner.onData(chunk);
  }

  onEnd(): void {
    if (this.#replaced) return;
    const { policy, mark, stored } = this.#fetching;
    const head = this.#head;
    if (head !== null && stored !== null && head.status === 304) return this.#confirmed(stored, head);
    if (head !== null && this.#pieces !== null) {
      this.#store(makeEntry(head, Buffer.concat(this.#pieces), policy, mark));
    }
    this.#inner.onEnd();
  }

  onFail(code: RefusalCode, error: Error): void {
    if (this.#head === null && this.#standIn(null)) return;
    this.#fetching.fill?.end('failed');
    this.#inner.onFail(code, error);
  }

  onBug(error: unknown): void {
    this.#fetching.fill?.end('failed');
    this.#inner.onBug(error);
  }

  /** The call ends before its answer: whoever waits for it has to ask for himself. */
  noteUsage(): void {
    this.#fetching.fill?.end('failed');
    this.#inner.noteUsage();
  }

  brokenText(reason: Refusal): string | null {
    return this.#inner.brokenText(reason);
  }

  /** The call was refused before it was made: whether the stored answer is given instead. */
  standsInFor(): boolean {
    if (this.#standIn(null)) return true;
    this.#fetching.fill?.end('failed');
    return false;
  }

  #store(entry: Entry): void {
    this.#ports.cache.store(this.#fetching.request.place, entry, varyNames(entry.headers) ?? []);
    this.#fetching.fill?.end('stored');
  }

  #note(): CacheNote {
    return { forwarded: this.#fetching.forwarded };
  }

  /** The upstream says that the stored answer is still right. */
  #confirmed(stored: Entry, head: Head): void {
    const { policy, mark, request } = this.#fetching;
    if (!confirmsStored(stored.headers, head.headers)) return this.#fetching.again();
    const entry = confirm(stored, head, policy, mark);
    const asStored = { ...head, status: entry.status, headers: entry.headers };
    if (whyNotStored(asStored, policy) === null) this.#store(entry);
    else this.#fetching.fill?.end('not shared');
    play(this.#exchange, this.#inner, {
      entry,
      conditions: request.conditions,
      ageSeconds: Math.floor(entry.initialAgeSeconds),
      nowMs: head.receivedAtMs,
      note: { ...this.#note(), forwardedStatus: 304, stored: true },
      use: 'revalidated',
    });
  }

  /** Gives the stored answer in place of a failure, where that is allowed; `status` is `null` without an answer. */
  #standIn(status: number | null): boolean {
    const { stored, request, fill } = this.#fetching;
    if (stored === null) return false;
    const nowMs = this.#ports.clock.nowMs();
    const { ifError, ageSeconds, ttlSeconds } = decide(stored, request.directives, nowMs);
    if (!ifError) return false;
    fill?.end('failed');
    this.#replaced = true;
    this.#exchange.code = null;
    this.#exchange.call?.abort();
    const note: CacheNote = { ...this.#note(), ttlSeconds, detail: 'stale-if-error' };
    play(this.#exchange, this.#inner, {
      entry: stored,
      conditions: request.conditions,
      ageSeconds,
      nowMs,
      note: status === null ? note : { ...note, forwardedStatus: status },
      use: 'stale',
    });
    return true;
  }
}
