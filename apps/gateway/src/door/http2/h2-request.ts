import { Http2ServerRequest, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { ReadableOptions } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { H2Response } from './h2-response.ts';

/** What the gateway asks of a request's connection, for one stream of a connection that carries many. */
export class StreamSocket {
  readonly remoteAddress: string | undefined;
  readonly encrypted: boolean;
  /** The connection itself where it is one of TLS. */
  readonly tls: TLSSocket | null;
  readonly #request: H2Request;

  constructor(request: H2Request, connection: Socket) {
    this.#request = request;
    this.remoteAddress = connection.remoteAddress;
    this.tls = connection instanceof TLSSocket ? connection : null;
    this.encrypted = this.tls !== null;
  }

  /** Of this stream's body. */
  get bytesRead(): number {
    return this.#request.bytesRead;
  }

  /** Of this stream's answer: given to be sent, and of these not yet taken. */
  get bytesWritten(): number {
    return this.#request.answer?.bytesWritten ?? 0;
  }

  get writableLength(): number {
    return this.#request.answer?.writableLength ?? 0;
  }
}

/**
 * A request of HTTP/2 in the form the gateway reads requests of HTTP/1.1: pseudo-headers (RFC 9113 §8.3.1) as method, URL and
 * `Host`, a body without a length as one in chunks. What HTTP/2 forbids in a head nghttp2 has refused already.
 */
export class H2Request extends Http2ServerRequest {
  answer: H2Response | null = null;
  bytesRead = 0;

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    options: ReadableOptions,
    rawHeaders: readonly string[],
  ) {
    super(stream, headers, options, plainHeaders(stream, headers, rawHeaders));
  }

  /** Joins it with its connection and its answer, before anybody looks at it. */
  join(connection: Socket, answer: H2Response): void {
    this.answer = answer;
    Object.defineProperty(this, 'socket', { value: new StreamSocket(this, connection) });
  }

  override push(chunk: Buffer | null): boolean {
    this.bytesRead += chunk?.length ?? 0;
    return super.push(chunk);
  }
}

/** Header names and values as HTTP/1.1 would have them. `Host` comes from `:authority`, or stays what was sent in its place. */
function plainHeaders(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): string[] {
  const plain: string[] = [];
  const authority = headers[':authority'];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    // Two hosts that differ leave open whom the request is for: both stay, and are refused as two.
    if (name.startsWith(':') || (name === 'host' && raw[at + 1] === authority)) continue;
    plain.push(name, raw[at + 1] as string);
  }
  if (authority !== undefined) plain.push('host', authority);
  if (headers['content-length'] === undefined && !stream.endAfterHeaders) plain.push('transfer-encoding', 'chunked');
  return plain;
}
