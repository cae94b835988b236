import { Readable } from 'node:stream';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** Whether the request announces a body. */
export function hasBody(exchange: Exchange): boolean {
  return exchange.contentLength > 0 || exchange.chunked;
}

export function tooLarge(maxBytes: number): Refusal {
  return refusal('body_too_large', {
    message: `The request body is larger than the ${maxBytes} bytes this API takes.`,
  });
}

/** Tells a client that waits with `Expect: 100-continue` to go on. */
export function invite(exchange: Exchange): void {
  if (exchange.expectsContinue) exchange.response.writeContinue();
  exchange.expectsContinue = false;
}

/** Reads the whole body, at most `maxBytes`. Resolves with a refusal when it is larger or the client leaves. */
export function collectBody(exchange: Exchange, maxBytes: number): Promise<Buffer | Refusal> {
  if (exchange.contentLength > maxBytes) return Promise.resolve(tooLarge(maxBytes));
  if (exchange.body !== null) return Promise.resolve(exchange.body);
  invite(exchange);
  return new Promise((resolve) => {
    const { request } = exchange;
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      exchange.requestBytes = size;
      if (size > maxBytes) {
        chunks.length = 0;
        resolve(tooLarge(maxBytes));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('close', () => resolve(refusal('client_closed')));
    request.on('error', () => resolve(refusal('client_closed')));
    // What was read ahead (read-ahead.ts) has left it paused.
    request.resume();
  });
}

/**
 * A body on its way through, counted and bounded, with backpressure from the upstream to the client. Destroying it (as
 * the HTTP client does when a call ends early) leaves the client's connection open for the answer.
 */
export class PassingBody extends Readable {
  readonly #exchange: Exchange;
  #size = 0;

  constructor(exchange: Exchange, maxBytes: number, onTooLarge: () => void) {
    super({ highWaterMark: 65_536 });
    this.#exchange = exchange;
    invite(exchange);
    const { request } = exchange;
    request.on('data', (chunk: Buffer) => {
      this.#size += chunk.length;
      exchange.requestBytes = this.#size;
      if (this.destroyed) return;
      if (this.#size > maxBytes) onTooLarge();
      else if (!this.push(chunk)) request.pause();
    });
    request.on('end', () => this.push(null));
    request.on('close', () => {
      if (!request.complete) this.destroy(new Error('the client left'));
    });
    request.pause();
  }

  override _read(): void {
    this.#exchange.request.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#exchange.request.resume();
    callback(error);
  }
}

/** Bytes of an unwanted body that are read and thrown away so that the client can read the answer. */
const MAX_DISCARDED = 16 * 1024 * 1024;

/** Reads away what the client still sends after its call was ended, within bounds; beyond them the connection closes. */
export function discardRest(exchange: Exchange): void {
  const { request } = exchange;
  if (request.complete) return;
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MAX_DISCARDED) request.destroy();
  });
  request.resume();
}
