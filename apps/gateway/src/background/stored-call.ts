import { z } from 'zod';
import type { Exchange } from '../exchange.ts';

/** A call as it was accepted: everything its answer depends on, and no credential. */
export interface StoredCall {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Flat names and values. */
  readonly headers: readonly string[];
  readonly address: string;
  /** Of the key, or of what was shown in its place. */
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly subject: string;
  readonly body: Buffer;
}

/** Credentials, what is about the connection or its framing, and what was asked of this once. */
const LEFT_OUT = new Set([
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'proxy-authorization',
  'cookie',
  'connection',
  'keep-alive',
  'te',
  'upgrade',
  'expect',
  'content-length',
  'transfer-encoding',
  'http2-settings',
  'prefer',
  'idempotency-key',
  'x-parley-callback',
  'x-forwarded-for',
  'forwarded',
]);

const text = z.string();
const texts = z.array(text);
const headSchema = z.tuple([text, text, texts, text, text, texts, text]);

/** The call of an exchange whose body has been read. */
export function callOf(exchange: Exchange): StoredCall {
  const { request, method, path, query, caller, scopes, subject, body } = exchange;
  const headers: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] as string).toLowerCase();
    if (!LEFT_OUT.has(name)) headers.push(name, request.rawHeaders[i + 1] as string);
  }
  return {
    method,
    url: path + withoutKey(query),
    headers,
    address: exchange.clients.addressOf(request),
    keyId: caller?.key.id ?? '',
    scopes,
    subject,
    body: body ?? Buffer.alloc(0),
  };
}

/** Google's clients may show their key there. */
function withoutKey(query: string): string {
  const members = query
    .slice(1)
    .split('&')
    .filter((member) => member !== '' && !/^(?:key|%6[bB]%65%79)=/.test(member));
  return members.length === 0 ? '' : `?${members.join('&')}`;
}

/** Head as JSON, its length in four bytes before it, the body after it. */
export function writeCall(call: StoredCall): Buffer {
  const { method, url, headers, address, keyId, scopes, subject, body } = call;
  const head = Buffer.from(JSON.stringify([method, url, headers, address, keyId, scopes, subject]));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, body]);
}

/** Reads what `writeCall` wrote; throws for anything else. */
export function readCall(bytes: Buffer): StoredCall {
  const bodyAt = 4 + bytes.readUInt32BE(0);
  const head = headSchema.parse(JSON.parse(bytes.toString('utf8', 4, bodyAt)));
  const [method, url, headers, address, keyId, scopes, subject] = head;
  return { method, url, headers, address, keyId, scopes, subject, body: bytes.subarray(bodyAt) };
}
