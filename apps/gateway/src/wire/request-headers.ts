import type { Exchange } from '../exchange.ts';

/** What happens to a request header; every other one is forwarded to a REST upstream as it is. */
type Action =
  | 'drop'
  | 'authorization'
  | 'api-key'
  | 'connection'
  | 'length'
  | 'chunked'
  | 'type'
  | 'encoding'
  | 'accept';

const ACTIONS = new Map<string, Action>([
  ['authorization', 'authorization'],
  ['x-api-key', 'api-key'],
  ['connection', 'connection'],
  ['content-length', 'length'],
  ['transfer-encoding', 'chunked'],
  ['content-type', 'type'],
  ['content-encoding', 'encoding'],
  ['accept', 'accept'],
  // Hop-by-hop (RFC 9110 §7.6.1), or set by us.
  ['host', 'drop'],
  ['keep-alive', 'drop'],
  ['proxy-connection', 'drop'],
  ['proxy-authorization', 'drop'],
  ['proxy-authenticate', 'drop'],
  ['te', 'drop'],
  ['trailer', 'drop'],
  ['upgrade', 'drop'],
  ['http2-settings', 'drop'],
  ['expect', 'drop'],
  ['cookie', 'drop'],
  ['forwarded', 'drop'],
  ['x-forwarded-for', 'drop'],
  ['x-forwarded-proto', 'drop'],
  ['x-forwarded-host', 'drop'],
  ['x-forwarded-port', 'drop'],
  ['x-real-ip', 'drop'],
  ['x-request-id', 'drop'],
  ['via', 'drop'],
]);

const BEARER = /^bearer +(\S+) *$/i;

/**
 * Reads the request's headers in one pass: what the gateway needs into the exchange, what may travel on into
 * `forwardHeaders`. The caller's credentials, cookies and forwarding claims never travel on.
 */
export function readRequestHeaders(exchange: Exchange): void {
  const raw = exchange.request.rawHeaders;
  const forward = exchange.forwardHeaders;
  let host = '';
  let apiKey: string | null = null;
  let connection = '';
  for (let i = 0; i < raw.length; i += 2) {
    const given = raw[i] as string;
    const value = raw[i + 1] as string;
    let name = given;
    let action = ACTIONS.get(given);
    if (action === undefined) {
      name = given.toLowerCase();
      action = ACTIONS.get(name);
    }
    if (action === undefined) {
      forward.push(name, value);
      continue;
    }
    switch (action) {
      case 'authorization':
        exchange.keyText ??= BEARER.exec(value)?.[1] ?? null;
        break;
      case 'api-key':
        apiKey ??= value.trim();
        break;
      case 'connection':
        connection += `,${value}`;
        break;
      case 'length':
        exchange.contentLength = Number(value);
        break;
      case 'chunked':
        exchange.chunked = true;
        break;
      case 'type':
        exchange.contentType = value;
        forward.push(name, value);
        break;
      case 'encoding':
        exchange.contentEncoding = value;
        forward.push(name, value);
        break;
      case 'accept':
        exchange.accept = value;
        forward.push(name, value);
        break;
      case 'drop':
        if (name === 'host' || given === 'Host') host = value;
        break;
    }
  }
  exchange.keyText ??= apiKey;
  if (connection.length > 11) dropNamed(forward, connection);
  forward.push('x-forwarded-for', exchange.request.socket.remoteAddress ?? '', 'x-forwarded-proto', 'http');
  if (host !== '') forward.push('x-forwarded-host', host);
  forward.push('x-request-id', exchange.id, 'via', '1.1 parley');
}

/** Headers a `Connection` header names are meant for this hop only. */
function dropNamed(forward: string[], connection: string): void {
  const named = new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  for (let i = forward.length - 2; i >= 0; i -= 2) if (named.has(forward[i] as string)) forward.splice(i, 2);
}
