import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange } from '../../exchange.ts';
import { addOwnHeaders, relayedHeaders } from '../../wire/response-headers.ts';
import { Bridge, type BridgeSource } from './bridge.ts';
import { acceptOf } from './handshake.ts';
import type { Grounds } from './still-allowed.ts';

/** Joins both sides of a WebSocket once the upstream has switched: the caller is answered with `head`. */
export function openBridge(source: BridgeSource, grounds: Grounds, head: string): void {
  const { exchange, upgrade } = source;
  const bridge = new Bridge(source, grounds);
  exchange.call = bridge;
  exchange.status = 101;
  exchange.headSent = true;
  upgrade.socket.write(head, 'latin1');
  bridge.start();
}

/** The head of the answer that switches protocols (RFC 6455 §4.2.2), with what of the upstream's travels on. */
export function switchingHead(exchange: Exchange, upstream: IncomingHttpHeaders, protocol: string | null): string {
  const key = exchange.request.headers['sec-websocket-key'] ?? '';
  const headers = ['upgrade', 'websocket', 'connection', 'Upgrade', 'sec-websocket-accept', acceptOf(key)];
  if (protocol !== null) headers.push('sec-websocket-protocol', protocol);
  const others = relayedHeaders(upstream);
  for (let at = 0; at < others.length; at += 2) {
    const name = others[at] as string;
    if (!name.startsWith('sec-websocket-') && name !== 'content-length') headers.push(name, others[at + 1] as string);
  }
  addOwnHeaders(exchange, headers, false);
  let head = 'HTTP/1.1 101 Switching Protocols\r\n';
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${head}\r\n`;
}
