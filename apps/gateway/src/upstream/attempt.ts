import type { IncomingHttpHeaders } from 'node:http';
import type { Client, Dispatcher } from 'undici';
import type { Target } from './balance/target.ts';
import type { UpstreamRequest } from './call.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import type { ClientPool, Dispatchable } from './pool.ts';

/** Longest time for each part of a try, in ms. */
export interface TryTimeouts {
  readonly headersMs: number;
  /** Request sent to first byte of the body. */
  readonly firstByteMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
}

/** Who made a try and hears of it. After `onTryEnd` or `onTryFail` nothing more comes. */
export interface AttemptOwner {
  onTryHead(attempt: Attempt, status: number, headers: IncomingHttpHeaders): void;
  onTryData(chunk: Buffer): void;
  onTryEnd(attempt: Attempt): void;
  onTryFail(attempt: Attempt, error: Error): void;
  /** Its connection is free, or it never got one. */
  onTryOver(attempt: Attempt): void;
}

export interface AttemptSource {
  readonly owner: AttemptOwner;
  readonly target: Target;
  readonly pool: ClientPool;
  readonly request: UpstreamRequest;
  readonly path: string;
  readonly timeouts: TryTimeouts;
  readonly deadlines: Deadlines;
}

/** A try took longer than one of its time-outs. */
export class AttemptTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
}

const ABORTED = new Error('aborted by the gateway');
/** Bytes of an answer nobody wants that are read so that its connection can be kept, and the time for them. */
const MAX_DISCARDED = 65_536;
const DISCARD_MS = 2000;

/** One try of a call at one target: a connection, its time-outs, and what comes back, told to its owner. */
export class Attempt implements Dispatcher.DispatchHandler, Dispatchable, Timed {
  readonly target: Target;
  /** The target was ejected before, and this try decides whether it is fit again. */
  readonly trial: boolean;
  readonly startedAt = performance.now();
  deadline = Number.POSITIVE_INFINITY;
  previous: Timed | null = null;
  next: Timed | null = null;
  /** Something of the request may have reached the target. */
  sent = false;
  headSeen = false;
  readonly #source: AttemptSource;
  #client: Client | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #sentAt = 0;
  #discarded = -1;
  #told = false;
  #over = false;

  constructor(source: AttemptSource) {
    this.#source = source;
    this.target = source.target;
    this.trial = source.target.ejectedUntil !== 0;
  }

  start(): void {
    this.#source.deadlines.add(this);
    this.#source.pool.run(this);
  }

  pause(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.#controller?.pause();
  }

  resume(): void {
    this.#expect(this.#source.timeouts.idleMs);
    this.#controller?.resume();
  }

  /** Ends the try from our side; its owner hears no more of it but that it is over. */
  abort(): void {
    this.#told = true;
    if (this.#over) return;
    if (this.#client === null) {
      this.#source.pool.forget(this);
      this.#end();
    } else this.#controller?.abort(ABORTED);
  }

  /** The rest of the answer is not wanted; it is read away within bounds to keep the connection. */
  discard(): void {
    this.#told = true;
    this.#discarded = 0;
    this.#expect(DISCARD_MS);
  }

  onDeadline(): void {
    const told = this.#told;
    this.abort();
    if (told) return;
    this.#source.owner.onTryFail(this, new AttemptTimeoutError('the upstream took longer than the time allowed'));
  }

  dispatchOn(client: Client): void {
    this.#client = client;
    const { request, path, target } = this.#source;
    const { method, body } = request;
    const headers = target.host === null ? request.headers : [...request.headers, 'host', target.host];
    client.dispatch(
      { method, path, headers, body, headersTimeout: 0, bodyTimeout: 0, idempotent: true, blocking: false },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.sent = true;
    if (this.#told) controller.abort(ABORTED);
  }

  onRequestSent(): void {
    this.#sentAt = performance.now();
    const { headersMs, firstByteMs } = this.#source.timeouts;
    if (!this.headSeen) this.#expect(Math.min(headersMs, firstByteMs));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#told) return;
    this.headSeen = true;
    const { firstByteMs, idleMs } = this.#source.timeouts;
    const begun = this.#sentAt === 0 ? performance.now() : this.#sentAt;
    this.deadline = Math.min(begun + firstByteMs, performance.now() + idleMs);
    this.#source.owner.onTryHead(this, status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#discarded !== -1) {
      this.#discarded += chunk.length;
      if (this.#discarded > MAX_DISCARDED) this.#controller?.abort(ABORTED);
      return;
    }
    if (this.#told) return;
    this.#expect(this.#source.timeouts.idleMs);
    this.#source.owner.onTryData(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    if (this.#told) return;
    this.#told = true;
    this.#source.owner.onTryEnd(this);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    if (this.#told) return;
    this.#told = true;
    this.#source.owner.onTryFail(this, error);
  }

  #expect(withinMs: number): void {
    this.deadline = performance.now() + withinMs;
  }

  /** Lets the connection go, once. */
  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#source.deadlines.remove(this);
    const client = this.#client;
    this.#client = null;
    // A client that reports an error is not done with it: the next call may have it only afterwards.
    if (client) queueMicrotask(() => this.#source.pool.release(client));
    this.#source.owner.onTryOver(this);
  }
}
