import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Timeouts } from '@parley/contracts/snapshot';
import type { Client, Dispatcher } from 'undici';
import type { Exchange } from '../exchange.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import { failureCode, isLostConnection } from './failure.ts';
import type { ClientPool, Dispatchable } from './pool.ts';

export interface UpstreamRequest {
  readonly pool: ClientPool;
  readonly method: Dispatcher.HttpMethod;
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
const ABORTED = new Error('aborted by the gateway');

/**
 * One call to an upstream: a connection from the pool, time-outs, one retry where that is safe, and the answer handed
 * to a receiver. It is its own undici handler, so that a call allocates one object.
 */
export class UpstreamCall implements Dispatcher.DispatchHandler, Dispatchable, Timed {
  readonly deadline: number;
  readonly #exchange: Exchange;
  readonly #request: UpstreamRequest;
  readonly #receiver: Receiver;
  readonly #deadlines: Deadlines;
  #client: Client | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #headSeen = false;
  #over = false;

  constructor(exchange: Exchange, request: UpstreamRequest, receiver: Receiver, deadlines: Deadlines) {
    this.#exchange = exchange;
    this.#request = request;
    this.#receiver = receiver;
    this.#deadlines = deadlines;
    this.deadline = performance.now() + request.timeouts.totalMs;
  }

  start(): void {
    this.#exchange.upstreamStartedAt = performance.now();
    this.#exchange.upstreamUs = 0;
    this.#deadlines.add(this);
    this.#send();
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  /** Ends the call from our side, silently; the upstream's connection is closed at once. */
  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#request.pool.forget(this);
    this.#controller?.abort(ABORTED);
  }

  onDeadline(): void {
    this.#fail('upstream_timeout', new Error('the upstream took longer than the total time allowed'));
  }

  dispatchOn(client: Client): void {
    this.#client = client;
    const { method, path, headers, body, timeouts } = this.#request;
    client.dispatch(
      {
        method,
        path,
        headers,
        body,
        headersTimeout: timeouts.headersMs,
        bodyTimeout: Math.max(timeouts.headersMs, MIN_IDLE_MS),
        idempotent: true,
        blocking: false,
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(ABORTED);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#over) return;
    this.#headSeen = true;
    try {
      this.#receiver.onHead(status, headers);
    } catch (error) {
      this.#bug(error);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#receiver.onData(chunk);
    } catch (error) {
      this.#bug(error);
    }
  }

  onResponseEnd(): void {
    this.#release();
    if (this.#over) return;
    this.#finish();
    try {
      this.#receiver.onEnd();
    } catch (error) {
      this.#bug(error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#release();
    if (this.#over) return;
    if (this.#mayRepeat(error)) return this.#send();
    this.#fail(failureCode(error), error);
  }

  #send(): void {
    this.#exchange.attempts++;
    this.#request.pool.run(this);
  }

  /** A kept connection may close just as we write to it; a call that is safe to repeat is sent once more. */
  #mayRepeat(error: Error): boolean {
    const { method, body } = this.#request;
    const replayable = body === null || typeof body === 'string' || Buffer.isBuffer(body);
    return (
      !this.#headSeen && this.#exchange.attempts < 2 && replayable && REPEATABLE.has(method) && isLostConnection(error)
    );
  }

  #fail(code: RefusalCode, error: Error): void {
    this.#finish();
    this.#request.pool.forget(this);
    this.#controller?.abort(ABORTED);
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

  #release(): void {
    const client = this.#client;
    this.#client = null;
    if (client) this.#request.pool.release(client);
  }
}
