import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Exchange } from '../../exchange.ts';
import { H2Request } from './h2-request.ts';
import { H2Response } from './h2-response.ts';

/** Bounds of every connection. What they do not name is nghttp2's: CONTINUATION frames in a row, frames out of place. */
const BOUNDS = {
  settings: { maxConcurrentStreams: 100, maxHeaderListSize: 16_384, enableConnectProtocol: false },
  maxHeaderListPairs: 200,
  /** MB a connection may make the gateway keep; beyond it new streams are refused. */
  maxSessionMemory: 10,
  maxSettings: 32,
  maxOutstandingPings: 10,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  /** Resets by the client: so many at once, then so many a second, else the connection ends (CVE-2023-44487). */
  streamResetBurst: 200,
  streamResetRate: 20,
};

/** As for HTTP/1.1: longer than usual load balancers keep a connection. */
export const H2_IDLE_MS = 65_000;

/** Answers a request; the response knows its exchange. */
export type Serve = (
  request: IncomingMessage,
  response: ServerResponse & { exchange: Exchange | null },
  expectsContinue: boolean,
) => void;

/** Takes connections that speak HTTP/2 (RFC 9113), and gives their requests on in the form of HTTP/1.1's. */
export class Http2Door {
  readonly #server: Http2Server;
  /** Open connections, with their streams that are not over. */
  readonly #sessions = new Map<ServerHttp2Session, number>();
  readonly #sockets = new WeakMap<ServerHttp2Session, Socket>();
  readonly #idleMs: number;
  #accepting: Socket | null = null;
  #closing = false;

  constructor(serve: Serve, idleMs = H2_IDLE_MS) {
    this.#idleMs = idleMs;
    this.#server = createServer({
      ...BOUNDS,
      Http2ServerRequest: H2Request as never,
      Http2ServerResponse: H2Response as never,
    });
    const give = (expectsContinue: boolean) => (request: unknown, response: unknown) => {
      const asked = request as H2Request;
      const connection = this.#sockets.get(asked.stream.session as ServerHttp2Session);
      if (connection === undefined) return asked.stream.destroy();
      asked.join(connection, response as H2Response);
      serve(request as IncomingMessage, response as Parameters<Serve>[1], expectsContinue);
    };
    this.#server.on('request', give(false)).on('checkContinue', give(true));
    // What went wrong has ended its connection; there is nobody to tell.
    this.#server.on('sessionError', () => {});
    this.#server.on('session', (session: ServerHttp2Session) => this.#keep(session));
    this.#server.on('stream', (stream) => {
      const session = stream.session as ServerHttp2Session;
      stream.on('error', () => {});
      this.#count(session, 1);
      stream.on('close', () => this.#count(session, -1));
    });
  }

  accept(socket: Socket): void {
    this.#accepting = socket;
    this.#server.emit('connection', socket);
    this.#accepting = null;
  }

  /** Takes no new requests: each connection ends when its last answer is complete (GOAWAY, RFC 9113 §6.8). */
  close(): void {
    this.#closing = true;
    for (const session of this.#sessions.keys()) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions.keys()) session.destroy();
  }

  #keep(session: ServerHttp2Session): void {
    this.#sessions.set(session, 0);
    // A session is made within `accept`, and shows only a veil of its socket.
    if (this.#accepting !== null) this.#sockets.set(session, this.#accepting);
    session.on('close', () => this.#sessions.delete(session));
    session.on('error', () => {});
    // Streams that wait for an upstream keep their connection, however silent it is.
    session.setTimeout(this.#idleMs, () => {
      if ((this.#sessions.get(session) ?? 0) === 0) session.destroy();
    });
    if (this.#closing) session.close();
  }

  #count(session: ServerHttp2Session, by: number): void {
    const open = this.#sessions.get(session);
    if (open !== undefined) this.#sessions.set(session, open + by);
  }
}
