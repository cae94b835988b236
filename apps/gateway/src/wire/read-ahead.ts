import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { invite, tooLarge } from './body.ts';

/** The beginning of a body. */
export interface Ahead {
  readonly bytes: Buffer;
  /** There is no more: the bytes are also in `exchange.body`. */
  readonly whole: boolean;
}

/**
 * Reads a body's beginning, up to about `maxBytes`, and leaves the request as if nothing had been read, so that the body can
 * still be passed through or read as a whole. A body that ends within is kept in `exchange.body`. Resolves with a refusal
 * when the client leaves or the body is larger than the API takes.
 */
export function readAhead(exchange: Exchange, maxBytes: number): Promise<Ahead | Refusal> {
  if (exchange.body !== null) return Promise.resolve({ bytes: exchange.body, whole: true });
  const most = exchange.api?.maxBodyBytes ?? 0;
  if (exchange.contentLength > most) return Promise.resolve(tooLarge(most));
  invite(exchange);
  return new Promise((resolve) => {
    const { request } = exchange;
    const chunks: Buffer[] = [];
    let size = 0;
    function leave(outcome: Ahead | Refusal): void {
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      resolve(outcome);
    }
    function onData(chunk: Buffer): void {
      chunks.push(chunk);
      size += chunk.length;
      exchange.requestBytes = size;
      if (size > most) return leave(tooLarge(most));
      if (size < maxBytes || size === exchange.contentLength) return;
      const bytes = Buffer.concat(chunks);
      request.pause();
      leave({ bytes: bytes.subarray(0, maxBytes), whole: false });
      request.unshift(bytes);
    }
    function onEnd(): void {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      exchange.body = bytes;
      leave({ bytes, whole: true });
    }
    function onGone(): void {
      leave(refusal('client_closed'));
    }
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
    request.resume();
  });
}
