import type { TLSSocket } from 'node:tls';
import { isHost } from '../door/target.ts';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';

/** What happens to a request header; every other one is forwarded to a REST upstream as it is. */
type Action =
  | 'drop'
  | 'authorization'
  | 'api-key'
  | 'proof'
  | 'connection'
  | 'length'
  | 'chunked'
  | 'type'
  | 'encoding'
  | 'accept'
  | 'session'
  | 'context'
  | 'user'
  | 'tags'
  | 'trace'
  | 'host'
  | 'hops'
  | 'prefer'
  | 'resumable';

const ACTIONS = new Map<string, Action>([
  ['authorization', 'authorization'],
  ['x-api-key', 'api-key'],
  ['x-goog-api-key', 'api-key'],
  ['dpop', 'proof'],
  ['connection', 'connection'],
  ['content-length', 'length'],
  ['transfer-encoding', 'chunked'],
  ['content-type', 'type'],
  ['content-encoding', 'encoding'],
  ['accept', 'accept'],
  ['x-session-id', 'session'],
  ['x-context-id', 'context'],
  // Said to us, not to the upstream.
  ['parley-user', 'user'],
  ['parley-tags', 'tags'],
  ['traceparent', 'trace'],
  ['host', 'host'],
  ['max-forwards', 'hops'],
  ['prefer', 'prefer'],
  ['x-parley-resumable', 'resumable'],
  // Hop-by-hop (RFC 9110 §7.6.1), or set by us.
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
  ['client-cert', 'drop'],
  ['client-cert-chain', 'drop'],
  ['x-forwarded-client-cert', 'drop'],
  ['x-forwarded-for', 'drop'],
  ['x-forwarded-proto', 'drop'],
  ['x-forwarded-host', 'drop'],
  ['x-forwarded-port', 'drop'],
  ['x-real-ip', 'drop'],
  ['x-request-id', 'drop'],
  ['via', 'drop'],
  // Ours to the upstream: whoever else says so is lying.
  ['x-parley-application', 'drop'],
  ['x-parley-tenant', 'drop'],
  ['x-parley-subject', 'drop'],
  ['x-parley-scopes', 'drop'],
  ['x-parley-party', 'drop'],
  ['x-parley-party-kind', 'drop'],
  ['x-parley-party-role', 'drop'],
  ['x-parley-principal', 'drop'],
  ['x-parley-stage', 'drop'],
  ['x-parley-tier', 'drop'],
  ['x-parley-data-class', 'drop'],
  ['x-parley-session', 'drop'],
]);

/** `Max-Forwards` of an OPTIONS request counts down (RFC 9110 §7.6.2). */
const HOPS = /^[1-9]\d{0,5}$/;
const LATER = /(?:^|[,;\s])respond-async(?:$|[,;\s])/i;
const BEARER = /^bearer +(\S+) *$/i;
const DPOP = /^dpop +(\S+) *$/i;

/**
 * Reads the request's headers in one pass: what the gateway needs into the exchange, what may travel on into
 * `forwardHeaders`. The caller's credentials, cookies and forwarding claims never travel on.
 * Answers with a refusal when they leave open whom the request is for, or where it ends.
 */
export function readRequestHeaders(exchange: Exchange): Refusal | null {
  const raw = exchange.request.rawHeaders;
  const forward = exchange.forwardHeaders;
  let host = '';
  let hosts = 0;
  let apiKey: string | null = null;
  let connection = '';
  let coding = '';
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
        if (exchange.keyText === null) exchange.dpopToken ??= DPOP.exec(value)?.[1] ?? null;
        break;
      case 'proof':
        // Two of them are none: RFC 9449 §4.3.
        exchange.dpopProof = exchange.dpopProof === null ? value.trim() : `${exchange.dpopProof},${value}`;
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
        coding = value;
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
      case 'session':
        exchange.sessionHeader ??= value;
        forward.push(name, value);
        break;
      case 'context':
        exchange.contextHeader ??= value;
        forward.push(name, value);
        break;
      case 'user':
        exchange.userHeader ??= value;
        break;
      case 'tags':
        exchange.tagsHeader = exchange.tagsHeader === null ? value : `${exchange.tagsHeader},${value}`;
        break;
      case 'trace':
        exchange.traceparent ??= value;
        forward.push(name, value);
        break;
      case 'host':
        hosts++;
        host = value;
        break;
      case 'hops':
        forward.push(name, exchange.method === 'OPTIONS' && HOPS.test(value) ? String(Number(value) - 1) : value);
        break;
      case 'prefer':
        exchange.prefersLater ||= LATER.test(value);
        forward.push(name, value);
        break;
      case 'resumable':
        exchange.wantsResumable = value.trim().toLowerCase() === 'true';
        break;
      case 'drop':
        break;
    }
  }
  exchange.keyText ??= apiKey;
  if (connection !== '' && connection !== ',keep-alive' && connection !== ',close') dropNamed(forward, connection);
  const { socket } = exchange.request;
  const scheme = (socket as Partial<TLSSocket>).encrypted ? 'https' : 'http';
  forward.push('x-forwarded-for', socket.remoteAddress ?? '', 'x-forwarded-proto', scheme);
  if (host !== '') forward.push('x-forwarded-host', host);
  exchange.host = hostOf(host);
  forward.push('x-request-id', exchange.id, 'via', '1.1 parley');
  const { httpVersionMajor, httpVersionMinor } = exchange.request;
  const hostless = hosts === 0 && (httpVersionMinor > 0 || httpVersionMajor > 1);
  if (hostless || hosts > 1 || !isHost(host))
    return refusal('malformed_request', { message: 'The Host header is not one host.' });
  return coding === '' ? null : codingFault(exchange, coding);
}

/** The name without its port, in lower case (RFC 9110 §4.2.3). */
function hostOf(host: string): string {
  const end = host.lastIndexOf(':');
  const name = end === -1 || host.endsWith(']') ? host : host.slice(0, end);
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
}

/** Only `chunked` is read here, and only where HTTP has it (RFC 9112 §6.1). */
function codingFault(exchange: Exchange, coding: string): Refusal | null {
  if (exchange.request.httpVersionMajor === 1 && exchange.request.httpVersionMinor === 0) {
    return refusal('malformed_request', { message: 'HTTP/1.0 has no Transfer-Encoding.' });
  }
  if (coding.trim().toLowerCase() === 'chunked') return null;
  return refusal('malformed_request', { status: 501, message: 'Of transfer codings only “chunked” is read here.' });
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
