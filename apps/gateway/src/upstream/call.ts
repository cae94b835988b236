import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Timeouts } from '@parley/contracts/snapshot';
import type { Exchange } from '../exchange.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { failureCode, isLostConnection } from './failure.ts';
import type { Group } from './group.ts';
import type { Call, Carrier } from './http1/connection.ts';
import type { ConnectionPool } from './pool.ts';
import type { RunningCall } from './running-call.ts';

export interface UpstreamRequest {
  readonly pool: ConnectionPool;
  /** The targets of an upstream with options, which take the place of `pool`. */
  readonly group: Group | null;
  readonly method: string;
  readonly path: string;
  /** Flat names and values. */
  readonly headers: string[];
  readonly body: Buffer | string | Readable | null;
  readonly timeouts: Timeouts;
}

/**
 * What is done with an upstream's answer. After `onFail` or `onEnd` nothing more comes; also not after `onBug`, which is
 * called when one of the others has thrown.
 */
export interface Receiver {
  onBug(error: unknown): void;
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** The call failed; `code` is the refusal it amounts to when nothing was answered yet. */
  onFail(code: RefusalCode, error: Error): void;
}

/** Methods that may be sent twice (RFC 9110 §9.2.2). */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
/** Longest silence between two pieces of an answer, unless the upstream is given more time for its headers. */
const MIN_IDLE_MS = 30_000;

/**
 * One call to an upstream: a connection from the pool, time-outs, one retry where that is safe, and the answer handed
 * to a receiver. It hears of its answer itself, so that a call allocates one object.
 */
export class UpstreamCall implements RunningCall, Call, Timed {
  /** Of the phase the call is in, and never later than the total. */
  deadline: number;
  previous: Timed | null = null;
  next: Timed | null = null;
  connection: Carrier | null = null;
  readonly outgoing: UpstreamRequest;
  /** Something of it may have arrived at the upstream. */
  reached = false;
  readonly #totalDeadline: number;
  readonly #exchange: Exchange;
  readonly #receiver: Receiver;
  readonly #deadlines: Deadlines;
  #headSeen = false;
  #over = false;

  constructor(exchange: Exchange, request: UpstreamRequest, receiver: Receiver, deadlines: Deadlines) {
    this.#exchange = exchange;
    this.outgoing = request;
    this.#receiver = receiver;
    this.#deadlines = deadlines;
    this.#totalDeadline = performance.now() + request.timeouts.totalMs;
    this.deadline = this.#totalDeadline;
  }

  start(): void {
    this.#exchange.upstreamStartedAt = performance.now();
    this.#exchange.upstreamUs = 0;
    this.#deadlines.add(this);
    this.#send();
  }

  /** The client is slower than the upstream, whose silence counts for nothing meanwhile. */
  pause(): void {
    this.deadline = this.#totalDeadline;
    this.connection?.pause();
  }

  resume(): void {
    this.#expect(this.#idleMs());
    this.connection?.resume();
  }

  /** Ends the call from our side, silently; the upstream's connection is closed at once. */
  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#leave();
  }

  onDeadline(): void {
    this.#fail('upstream_timeout', new Error('the upstream took longer than the time allowed'));
  }

  onStart(): void {
    this.reached = true;
    this.#exchange.upstreamReached = true;
  }

  onSent(): void {
    if (!this.#headSeen) this.#expect(this.outgoing.timeouts.headersMs);
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#headSeen = true;
    this.#expect(this.#idleMs());
    try {
      this.#receiver.onHead(status, headers);
    } catch (error) {
      this.#bug(error);
    }
  }

  onData(chunk: Buffer): void {
    this.#expect(this.#idleMs());
    try {
      this.#receiver.onData(chunk);
    } catch (error) {
      this.#bug(error);
    }
  }

  onEnd(): void {
    this.#finish();
    try {
      this.#receiver.onEnd();
    } catch (error) {
      this.#bug(error);
    }
  }

  onError(error: Error): void {
    if (this.#mayRepeat(error)) return this.#send();
    this.#fail(failureCode(error), error);
  }

  /** Something has to come within this time. One timer looks after all calls (`Deadlines`). */
  #expect(withinMs: number): void {
    this.deadline = Math.min(this.#totalDeadline, performance.now() + withinMs);
  }

  #idleMs(): number {
    return Math.max(this.outgoing.timeouts.headersMs, MIN_IDLE_MS);
  }

  #send(): void {
    this.#exchange.attempts++;
    this.deadline = this.#totalDeadline;
    this.outgoing.pool.run(this);
  }

  /** A kept connection may close just as we write to it; a call that is safe to repeat is sent once more. */
  #mayRepeat(error: Error): boolean {
    const { method, body } = this.outgoing;
    const replayable = body === null || typeof body === 'string' || Buffer.isBuffer(body);
    return (
      !this.#headSeen && this.#exchange.attempts < 2 && replayable && REPEATABLE.has(method) && isLostConnection(error)
    );
  }

  #fail(code: RefusalCode, error: Error): void {
    this.#finish();
    this.#leave();
    try {
      this.#receiver.onFail(code, error);
    } catch (bug) {
      this.#bug(bug);
    }
  }

  #bug(error: unknown): void {
    this.abort();
    this.#receiver.onBug(error);
  }

  #finish(): void {
    this.#over = true;
    this.#deadlines.remove(this);
    this.#exchange.upstreamUs = Math.round((performance.now() - this.#exchange.upstreamStartedAt) * 1000);
  }

  /** Out of the line, or off its connection, which is closed. */
  #leave(): void {
    if (this.connection === null) this.outgoing.pool.forget(this);
    else this.connection.abort();
  }
}
