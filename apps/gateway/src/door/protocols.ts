import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { FirstBytes } from './first-bytes.ts';
import type { Http2Door } from './http2/h2-door.ts';

/** For ALPN (RFC 7301), in the order of preference. */
export const PROTOCOLS = ['h2', 'http/1.1'];

export interface Protocols {
  readonly http: Server;
  readonly http2: Http2Door;
  readonly secure: boolean;
  /** Hears of each connection that turns out to be one of HTTP/1. */
  readonly onHttp1: (socket: Socket) => void;
}

/**
 * Puts the choice of protocol before a server of HTTP/1: by ALPN with TLS, by a connection's first bytes in clear text.
 * Returns what closes connections that have not said enough for a choice.
 */
export function chooseProtocol({ http, http2, secure, onHttp1 }: Protocols): { close(): void } {
  const event = secure ? 'secureConnection' : 'connection';
  const [takeHttp1] = http.listeners(event);
  if (takeHttp1 === undefined) throw new Error(`the server does not listen for “${event}”`);
  const toHttp1 = (socket: Socket): void => {
    onHttp1(socket);
    takeHttp1.call(http, socket);
  };
  http.removeAllListeners(event);
  if (secure) {
    http.on(event, (socket: TLSSocket) => (socket.alpnProtocol === 'h2' ? http2.accept(socket) : toHttp1(socket)));
    return { close() {} };
  }
  const firstBytes = new FirstBytes(toHttp1, (socket) => http2.accept(socket));
  http.on(event, (socket: Socket) => firstBytes.accept(socket));
  return firstBytes;
}
