import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection that a client asked to turn into a WebSocket, with what it has sent after its handshake. */
export interface Upgrade {
  readonly socket: Socket;
  readonly head: Buffer;
}

/**
 * Whether a request with an `Upgrade` header is taken as the handshake of a WebSocket (RFC 6455 §4.2.1). Any other is an
 * ordinary request whose `Upgrade` goes no further (RFC 9110 §7.8 lets a server ignore it).
 */
export function isWebSocketHandshake({ method, headers, httpVersionMinor }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    httpVersionMinor === 1 &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0'
  );
}

/**
 * Gives a response to a connection that Node's parser has let go of: whatever is answered but a switch of protocols is
 * its last answer.
 */
export function onUpgrade<Answer extends ServerResponse>(response: Answer, socket: Socket): Answer {
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.on('finish', () => socket.destroySoon());
  socket.on('drain', () => response.emit('drain'));
  socket.on('error', () => socket.destroy());
  return response;
}
