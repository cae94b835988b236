import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Call, ConnectionLostError } from '../http1/connection.ts';
import { MalformedAnswerError } from '../http1/malformed-answer.ts';
import type { ConnectTarget, SafeConnector } from '../safe-connect.ts';
import { H2Stream } from './h2-stream.ts';

/** Who keeps sessions. */
export interface SessionOwner {
  /** Streams may be opened, now for the first time or again. */
  onRoom(): void;
  /** A call that was refused before the upstream began with it. */
  onRefused(call: Call): void;
  onGone(session: H2Session, error: Error | null): void;
}

/** Streams on one connection, where the upstream does not say less. */
const MAX_STREAMS = 100;
/** A connection with calls is asked this often whether it is still there, and has so long to answer. */
const PING_MS = 20_000;
const PONG_MS = 10_000;
/** One without calls is closed after this time. */
const IDLE_MS = 60_000;
/** Bytes of all answers together that may be under way; of one answer. */
const CONNECTION_WINDOW = 4 * 1024 * 1024;
const STREAM_WINDOW = 1024 * 1024;

/** One connection of HTTP/2 to an upstream, opened through the SSRF-safe connector. */
export class H2Session {
  readonly #owner: SessionOwner;
  readonly #authority: { readonly scheme: string; readonly host: string };
  #session: ClientHttp2Session | null = null;
  #streams = 0;
  #closing = false;
  #gone = false;
  #ping: NodeJS.Timeout | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(owner: SessionOwner, connector: SafeConnector, target: ConnectTarget, host: string) {
    this.#owner = owner;
    this.#authority = { scheme: target.protocol.slice(0, -1), host };
    connector(target, (error, socket) => {
      if (socket === null) return this.#end(error ?? new ConnectionLostError('no connection'));
      if (socket instanceof TLSSocket && socket.alpnProtocol !== 'h2') {
        socket.destroy();
        return this.#end(new MalformedAnswerError('the upstream does not speak HTTP/2'));
      }
      if (this.#gone) socket.destroy();
      else this.#begin(socket);
    });
  }

  /** Whether one more call fits. */
  get hasRoom(): boolean {
    const most = this.#session?.remoteSettings?.maxConcurrentStreams ?? MAX_STREAMS;
    return this.#session !== null && !this.#closing && this.#streams < Math.min(most, MAX_STREAMS);
  }

  /** Not connected yet. */
  get isOpening(): boolean {
    return this.#session === null && !this.#gone;
  }

  carry(call: Call): void {
    if (this.#session === null) throw new Error('the session is not open');
    this.#streams++;
    this.#watch();
    let counted = true;
    const over = (): void => {
      if (counted) this.#streams--;
      counted = false;
      this.#watch();
    };
    try {
      new H2Stream(this.#session, this.#authority, call, (ended, refused) => {
        over();
        if (refused) this.#owner.onRefused(ended);
        else this.#owner.onRoom();
      });
    } catch (error) {
      over();
      call.connection = null;
      call.onError(error as Error);
    }
  }

  destroy(): void {
    this.#closing = true;
    if (this.#session === null) this.#end(new ConnectionLostError('the gateway is closing'));
    else this.#session.destroy();
  }

  #begin(socket: Socket): void {
    const session = connect(`${this.#authority.scheme}://${this.#authority.host}`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
      maxReservedRemoteStreams: 0,
    });
    this.#session = session;
    session.setMaxListeners(0);
    session.on('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW));
    session.on('goaway', () => {
      this.#closing = true;
    });
    let failure: Error | null = null;
    session.on('error', (error: Error) => {
      failure = error;
    });
    session.on('close', () => this.#end(failure));
    session.on('remoteSettings', () => this.#owner.onRoom());
    this.#watch();
    this.#owner.onRoom();
  }

  /** Asks a connection with calls whether it is there; closes one without after a while. */
  #watch(): void {
    if (this.#streams > 0) {
      if (this.#idle) clearTimeout(this.#idle);
      this.#idle = null;
      this.#ping ??= setInterval(() => this.#askAlive(), PING_MS).unref();
      return;
    }
    if (this.#ping) clearInterval(this.#ping);
    this.#ping = null;
    if (this.#closing) this.#session?.close();
    else this.#idle ??= setTimeout(() => this.#retire(), IDLE_MS).unref();
  }

  #retire(): void {
    this.#closing = true;
    this.#session?.close();
  }

  #askAlive(): void {
    const session = this.#session;
    if (session === null || session.destroyed) return;
    const late = setTimeout(
      () => session.destroy(new ConnectionLostError('the upstream does not answer pings')),
      PONG_MS,
    );
    late.unref();
    if (!session.ping(() => clearTimeout(late))) clearTimeout(late);
  }

  #end(error: Error | null): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#closing = true;
    this.#session = null;
    if (this.#ping) clearInterval(this.#ping);
    if (this.#idle) clearTimeout(this.#idle);
    this.#owner.onGone(this, error);
  }
}
