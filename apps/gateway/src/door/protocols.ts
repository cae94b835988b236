import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { FirstBytes } from './first-bytes.ts';
import type { Http2Door } from './http2/h2-door.ts';

/** For ALPN (RFC 7301), in the order of preference. */
export const PROTOCOLS = ['h2', 'http/1.1'];

/**
 * Puts the choice of protocol before a server of HTTP/1: by ALPN with TLS, by a connection's first bytes in clear text.
 * Returns what closes connections that have not said enough for a choice.
 */
export function chooseProtocol(http: Server, http2: Http2Door, secure: boolean): { close(): void } {
  const event = secure ? 'secureConnection' : 'connection';
  const [takeHttp1] = http.listeners(event);
  if (takeHttp1 === undefined) throw new Error(`the server does not listen for “${event}”`);
  const toHttp1 = (socket: Socket): void => void takeHttp1.call(http, socket);
  http.removeAllListeners(event);
  if (secure) {
    http.on(event, (socket: TLSSocket) => (socket.alpnProtocol === 'h2' ? http2.accept(socket) : toHttp1(socket)));
    return { close() {} };
  }
  const firstBytes = new FirstBytes(toHttp1, (socket) => http2.accept(socket));
  http.on(event, (socket: Socket) => firstBytes.accept(socket));
  return firstBytes;
}
