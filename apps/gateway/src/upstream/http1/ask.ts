import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { ConnectionPool } from '../pool.ts';
import { type Call, type Connection, ConnectionLostError } from './connection.ts';
import type { Outgoing } from './request-head.ts';

/** What is asked of a machine; `signal` ends it at any moment, also while its answer is read. */
export interface Asked extends Outgoing {
  readonly signal: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end, or destroyed. */
  readonly body: Readable;
}

/** Longest silence before and within an answer. */
const SILENCE_MS = 300_000;
/** An answer may have this many bytes. */
const MAX_BYTES = 32 * 1024 * 1024;

/** One question as a call, its answer's body as a stream. */
class AskedCall implements Call {
  connection: Connection | null = null;
  readonly outgoing: Asked;
  readonly reply: Promise<Reply>;
  readonly #pool: ConnectionPool;
  readonly #silence: NodeJS.Timeout;
  readonly #body: Readable;
  readonly #answer: (reply: Reply) => void;
  readonly #refuse: (error: Error) => void;
  readonly #onAbort = (): void => this.#end(this.outgoing.signal.reason as Error);
  #bytes = 0;
  #over = false;

  constructor(pool: ConnectionPool, asked: Asked) {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.outgoing = asked;
    this.reply = promise;
    this.#pool = pool;
    this.#answer = resolve;
    this.#refuse = reject;
    this.#silence = setTimeout(() => this.#end(new ConnectionLostError('no answer for too long')), SILENCE_MS).unref();
    this.#body = new Readable({
      read: () => this.connection?.resume(),
      destroy: (error, done) => {
        this.#end(error ?? new ConnectionLostError('the answer is not wanted any more'));
        done(error);
      },
    });
    // Whoever does not read the body learns of nothing.
    this.#body.on('error', () => {});
    asked.signal.addEventListener('abort', this.#onAbort);
    if (asked.signal.aborted) this.#onAbort();
    else pool.run(this);
  }

  onStart(): void {}
  onSent(): void {}

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.#silence.refresh();
    this.#answer({ status, headers, body: this.#body });
  }

  onData(chunk: Buffer): void {
    this.#silence.refresh();
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BYTES) return this.#end(new Error(`the answer has more than ${MAX_BYTES} bytes`));
    if (!this.#body.push(chunk)) this.connection?.pause();
  }

  onEnd(): void {
    this.#leave();
    this.#body.push(null);
  }

  onError(error: Error): void {
    this.#end(error);
  }

  /** Ends it as a failure, unless it has ended. */
  #end(error: Error): void {
    if (this.#over) return;
    this.#leave();
    if (this.connection === null) this.#pool.forget(this);
    else this.connection.abort();
    this.#refuse(error);
    this.#body.destroy(error);
  }

  #leave(): void {
    this.#over = true;
    clearTimeout(this.#silence);
    this.outgoing.signal.removeEventListener('abort', this.#onAbort);
  }
}

/** Asks over a connection of the pool; resolves with the head of the answer. Rejects when there is none. */
export function ask(pool: ConnectionPool, asked: Asked): Promise<Reply> {
  return new AskedCall(pool, asked).reply;
}

/** Reads a body as text. Rejects, and closes its connection, when it has more bytes than that. */
export async function readText(body: Readable, maxBytes = MAX_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the body and with it the connection.
    if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
