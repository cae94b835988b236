import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { AnswerReader, type AnswerSink } from './answer-reader.ts';
import { BodySender, type BodySenderEvents } from './body-sender.ts';
import { announcedLength, type Outgoing, requestHead } from './request-head.ts';

/** What carries a call, as far as the call steers it. */
export interface Carrier {
  /** Reads nothing more until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends the call, which hears no more. */
  abort(): void;
}

/** Gives calls what carries them. */
export interface CallPool {
  /** Carries the call, now or when there is room. */
  run(call: Call): void;
  /** Leaves the line. */
  forget(call: Call): void;
}

/** A request with what hears of its answer. After `onEnd` or `onError` nothing more comes, nor after `connection.abort()`. */
export interface Call {
  readonly outgoing: Outgoing;
  /** What carries it, from when it is given one until it is over. */
  connection: Carrier | null;
  /** From now on something of the request may have arrived. */
  onStart(): void;
  /** The request has left, its body included. */
  onSent(): void;
  onHead(status: number, headers: IncomingHttpHeaders): void;
  onData(chunk: Buffer): void;
  /** Fields after the body, of HTTP/2 only. */
  onTrailers?(fields: IncomingHttpHeaders): void;
  onEnd(): void;
  onError(error: Error): void;
}

/** Who keeps connections. */
export interface ConnectionOwner {
  /** What `Host` says where a call does not say otherwise. */
  readonly host: string;
  /** The connection is free, for so many ms at most. */
  onFree(connection: Connection): void;
  /** The connection is no more. A call that it was given and that has not begun comes back. */
  onGone(connection: Connection, unbegun: Call | null): void;
}

/** Where a socket puts what it reads: one place for all, as nothing of it is needed once the reader has seen it. */
export interface ReadInto {
  readonly buffer: Uint8Array;
  readonly callback: (count: number, buffer: Uint8Array) => boolean;
}

/** Opens a socket that reads into the given place; calls back once, later. */
export type Open = (into: ReadInto, callback: (error: Error | null) => void) => Socket | null;

/** The connection ended before the answer did, or before it began. */
export class ConnectionLostError extends Error {
  readonly code = 'PARLEY_CONNECTION_LOST';
}

const shared = Buffer.allocUnsafeSlow(65_536);
/** A head and a body up to this size leave in one write. */
const SMALL_BODY = 16_384;

/** Calls on kept connections that begin once all that has arrived in this turn of the event loop has been read. */
let beginning: Connection[] = [];

function beginAll(): void {
  const connections = beginning;
  beginning = [];
  for (const connection of connections) connection.begin();
}

/** One connection to an upstream. It carries one call at a time, and the next only when nothing of the last can follow. */
export class Connection implements AnswerSink, BodySenderEvents, Carrier {
  /** `performance.now()` until which it may be used, while it is free. */
  freeUntil = 0;
  readonly #owner: ConnectionOwner;
  readonly #reader = new AnswerReader(this);
  readonly #socket: Socket | null;
  #connected = false;
  #call: Call | null;
  #begun = false;
  #sender: BodySender | null = null;
  #paused = false;
  #gone = false;

  /** Connects, for a call. */
  constructor(owner: ConnectionOwner, open: Open, call: Call) {
    this.#owner = owner;
    this.#call = call;
    call.connection = this;
    const callback = (count: number): boolean => this.#onRead(shared.subarray(0, count));
    this.#socket = open({ buffer: shared, callback }, (error) => {
      if (error !== null) return this.#fail(error);
      this.#connected = true;
      if (this.#call === null) this.#free(0);
      else this.begin();
    });
    this.#socket?.on('error', (error) => this.#fail(error));
    this.#socket?.on('end', () => this.#onEnd());
    this.#socket?.on('close', () => this.#fail(new ConnectionLostError('the upstream closed the connection')));
    this.#socket?.on('drain', () => this.#sender?.resume());
  }

  /**
   * Gives a free connection its next call. What the upstream sent unasked, and its closing, have to be seen before the
   * request is written, else they would pass for its answer: so it begins after the sockets of this turn were read.
   */
  take(call: Call): void {
    this.#call = call;
    call.connection = this;
    this.#begun = false;
    if (beginning.push(this) === 1) setImmediate(beginAll);
  }

  /** Writes the request of the call. */
  begin(): void {
    const call = this.#call;
    const socket = this.#socket;
    if (call === null || socket === null || this.#begun) return;
    this.#begun = true;
    this.#reader.begin(call.outgoing.method === 'HEAD');
    call.onStart();
    if (this.#call !== call) return;
    try {
      this.#write(socket, call);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket?.resume();
  }

  /** Ends the call, which hears no more, and closes. */
  abort(): void {
    this.#release();
    this.destroy();
  }

  /** Closes; a call under way fails. */
  destroy(): void {
    this.#fail(new ConnectionLostError('the gateway closed the connection'));
  }

  onAnswerHead(status: number, headers: IncomingHttpHeaders): void {
    this.#call?.onHead(status, headers);
  }

  onAnswerData(chunk: Buffer): void {
    this.#call?.onData(chunk);
  }

  /** The call lets go first: it may end in another one that wants this connection. */
  onAnswerEnd(keepMs: number): void {
    const sent = this.#sender === null && this.#socket?.writableLength === 0;
    const call = this.#release();
    this.resume();
    if (sent && keepMs > 0) this.#free(keepMs);
    else this.destroy();
    call?.onEnd();
  }

  onBodySent(): void {
    this.#sender = null;
    this.#call?.onSent();
  }

  onBodyFailed(error: Error): void {
    this.#fail(error);
  }

  #write(socket: Socket, call: Call): void {
    const { body, headers } = call.outgoing;
    const { host } = this.#owner;
    if (body === null) socket.write(requestHead(call.outgoing, host, 0), 'latin1');
    else if (typeof body === 'string' || Buffer.isBuffer(body)) {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      const head = requestHead(call.outgoing, host, bytes.length);
      // Text leaves in one write; Latin-1 keeps every byte as it is.
      if (bytes.length <= SMALL_BODY) socket.write(head + bytes.toString('latin1'), 'latin1');
      else {
        socket.cork();
        socket.write(head, 'latin1');
        socket.write(bytes);
        socket.uncork();
      }
    } else {
      const head = requestHead(call.outgoing, host, -1);
      this.#sender = new BodySender(socket, { head, body, length: announcedLength(headers) }, this);
      return;
    }
    call.onSent();
  }

  #onRead(bytes: Buffer): boolean {
    if (!this.#begun || this.#call === null) {
      this.#fail(new ConnectionLostError('the upstream sent what nobody asked for'));
      return false;
    }
    try {
      if (this.#reader.read(bytes) < bytes.length)
        this.#fail(new ConnectionLostError('an answer longer than its length'));
    } catch (error) {
      this.#fail(error as Error);
    }
    return !this.#paused;
  }

  #onEnd(): void {
    if (this.#call !== null && this.#begun && this.#reader.end()) return;
    this.#fail(new ConnectionLostError('the upstream closed the connection'));
  }

  #free(keepMs: number): void {
    this.freeUntil = performance.now() + keepMs;
    this.#begun = false;
    this.#owner.onFree(this);
  }

  /** Lets go of the call and of what of its body has not left. */
  #release(): Call | null {
    const call = this.#call;
    this.#call = null;
    this.#reader.stop();
    this.#sender?.stop();
    this.#sender = null;
    if (call !== null) call.connection = null;
    return call;
  }

  #fail(error: Error): void {
    if (this.#gone) return;
    this.#gone = true;
    const call = this.#release();
    this.#socket?.destroy();
    const unbegun = this.#connected && !this.#begun;
    this.#owner.onGone(this, unbegun ? call : null);
    if (!unbegun) call?.onError(error);
  }
}
