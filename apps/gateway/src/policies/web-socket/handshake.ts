import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Refusal, refusal } from '../../refusals.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,4096}$/;

/** Offered with a key by browsers, and taken where the upstream chose none: a browser insists on an answer. */
export const OWN_PROTOCOL = 'parley';
const KEY_PROTOCOL = 'parley-key.';

/** `Sec-WebSocket-Accept` for a key (RFC 6455 §4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** What is wrong with a client's handshake (RFC 6455 §4.2.1); `null` when it is good. */
export function handshakeFault({ method, headers, httpVersion }: IncomingMessage): Refusal | null {
  const asks = method === 'GET' && httpVersion === '1.1' && headers.upgrade?.toLowerCase() === 'websocket';
  if (!asks || headers['sec-websocket-version'] !== '13') {
    const more = ['upgrade', 'websocket', 'connection', 'upgrade', 'sec-websocket-version', '13'];
    return refusal('upgrade_required', { headers: more });
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    return refusal('malformed_request', { message: 'Sec-WebSocket-Key is not 16 bytes in base64.' });
  }
  const offered = listed(headers['sec-websocket-protocol']);
  if (!offered.every((protocol) => TOKEN.test(protocol))) {
    return refusal('malformed_request', { message: 'Sec-WebSocket-Protocol is not a list of tokens.' });
  }
  return null;
}

function listed(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Subprotocols a client offers beside the gateway's own. */
export function offeredProtocols({ headers }: IncomingMessage): string[] {
  return listed(headers['sec-websocket-protocol']).filter(
    (protocol) => protocol !== OWN_PROTOCOL && !protocol.startsWith(KEY_PROTOCOL),
  );
}

/** What browsers offer with OpenAI's realtime protocol, and how they show a key (OpenAI, Realtime API with WebSocket). */
const REALTIME_PROTOCOL = 'realtime';
const REALTIME_KEY = 'openai-insecure-api-key.';
const REALTIME_BETA = 'openai-beta.realtime-v1';

/** What a realtime client says in its subprotocols: its key, whether it speaks the older form, what it is answered. */
export function realtimeProtocols({ headers }: IncomingMessage) {
  const offered = listed(headers['sec-websocket-protocol']);
  const key = offered.find((protocol) => protocol.startsWith(REALTIME_KEY));
  return {
    key: key?.slice(REALTIME_KEY.length) ?? null,
    beta: offered.includes(REALTIME_BETA),
    answer: offered.includes(REALTIME_PROTOCOL) ? REALTIME_PROTOCOL : null,
  };
}

/** The key among the subprotocols a client offers; `null` without one. */
export function protocolKey({ headers }: IncomingMessage): string | null {
  const found = listed(headers['sec-websocket-protocol']).find((protocol) => protocol.startsWith(KEY_PROTOCOL));
  return found === undefined ? null : found.slice(KEY_PROTOCOL.length);
}

/** What the client is told to speak: the upstream's choice, else the gateway's own where it was offered. */
export function agreedProtocol({ headers }: IncomingMessage, chosen: string | undefined): string | null {
  if (chosen !== undefined) return chosen;
  return listed(headers['sec-websocket-protocol']).includes(OWN_PROTOCOL) ? OWN_PROTOCOL : null;
}
