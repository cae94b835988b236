import type { IncomingHttpHeaders } from 'node:http';
import type { Target } from './balance/target.ts';
import type { UpstreamRequest } from './call.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import type { Call, CallPool, Carrier } from './http1/connection.ts';
import type { Outgoing } from './http1/request-head.ts';

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
  readonly pool: CallPool;
  readonly request: UpstreamRequest;
  readonly path: string;
  readonly timeouts: TryTimeouts;
  readonly deadlines: Deadlines;
}

/** A try took longer than one of its time-outs. */
export class AttemptTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Bytes of an answer nobody wants that are read so that its connection can be kept, and the time for them. */
const MAX_DISCARDED = 65_536;
const DISCARD_MS = 2000;

/** One try of a call at one target: a connection, its time-outs, and what comes back, told to its owner. */
export class Attempt implements Call, Timed {
  connection: Carrier | null = null;
  readonly outgoing: Outgoing;
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
  #sentAt = 0;
  #discarded = -1;
  #told = false;
  #over = false;

  constructor(source: AttemptSource) {
    const { method, headers, body } = source.request;
    this.#source = source;
    this.outgoing = { method, path: source.path, headers, body };
    this.target = source.target;
    this.trial = source.target.ejectedUntil !== 0;
  }

  start(): void {
    this.#source.deadlines.add(this);
    this.#source.pool.run(this);
  }

  pause(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.connection?.pause();
  }

  resume(): void {
    this.#expect(this.#source.timeouts.idleMs);
    this.connection?.resume();
  }

  /** Ends the try from our side; its owner hears no more of it but that it is over. */
  abort(): void {
    this.#told = true;
    if (this.#over) return;
    if (this.connection === null) this.#source.pool.forget(this);
    else this.connection.abort();
    this.#end();
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

  onStart(): void {
    this.sent = true;
  }

  onSent(): void {
    this.#sentAt = performance.now();
    const { headersMs, firstByteMs } = this.#source.timeouts;
    if (!this.headSeen) this.#expect(Math.min(headersMs, firstByteMs));
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    if (this.#told) return;
    this.headSeen = true;
    const { firstByteMs, idleMs } = this.#source.timeouts;
    const begun = this.#sentAt === 0 ? performance.now() : this.#sentAt;
    this.deadline = Math.min(begun + firstByteMs, performance.now() + idleMs);
    this.#source.owner.onTryHead(this, status, headers);
  }

  onData(chunk: Buffer): void {
    if (this.#discarded !== -1) {
      this.#discarded += chunk.length;
      if (this.#discarded > MAX_DISCARDED) this.abort();
      return;
    }
    if (this.#told) return;
    this.#expect(this.#source.timeouts.idleMs);
    this.#source.owner.onTryData(chunk);
  }

  onEnd(): void {
    this.#end();
    if (this.#told) return;
    this.#told = true;
    this.#source.owner.onTryEnd(this);
  }

  onError(error: Error): void {
    this.#end();
    if (this.#told) return;
    this.#told = true;
    this.#source.owner.onTryFail(this, error);
  }

  #expect(withinMs: number): void {
    this.deadline = performance.now() + withinMs;
  }

  /** Its connection is free again or gone. */
  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#source.deadlines.remove(this);
    this.#source.owner.onTryOver(this);
  }
}
