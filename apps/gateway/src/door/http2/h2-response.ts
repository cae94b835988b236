import { constants, Http2ServerResponse } from 'node:http2';
import type { Exchange } from '../../exchange.ts';

/** Headers of one connection, which HTTP/2 does not have (RFC 9113 §8.2.2). */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** An answer over HTTP/2, given like one over HTTP/1.1: flat headers, and broken off by resetting its stream. */
export class H2Response extends Http2ServerResponse {
  exchange: Exchange | null = null;
  bytesWritten = 0;

  override writeHead(status: number, headers?: unknown): this {
    const flat = (headers ?? []) as readonly string[];
    const own: string[] = [];
    for (let at = 0; at < flat.length; at += 2) {
      const name = flat[at] as string;
      if (!OF_CONNECTION.has(name)) own.push(name, flat[at + 1] as string);
    }
    return super.writeHead(status, own as never);
  }

  override write(chunk: string | Uint8Array, encoding?: unknown): boolean {
    this.bytesWritten += chunk.length;
    return super.write(chunk, encoding as never);
  }

  /** Ends the stream before its answer is complete, so that nobody takes it for complete. */
  override destroy(): this {
    if (!this.stream.destroyed) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return this;
  }
}

Object.defineProperty(H2Response.prototype, 'destroyed', {
  get(this: H2Response) {
    return this.stream.destroyed || this.stream.closed;
  },
});
