import type { Readable } from 'node:stream';

/** What is sent to an upstream. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  /** Flat names (lower case) and values. `host` takes the place of the pool's, `content-length` is for a stream. */
  readonly headers: readonly string[];
  readonly body: Buffer | string | Readable | null;
}

/** Something in a request would have been read as more than it is; nothing was sent. */
export class UnsendableRequestError extends Error {
  readonly code = 'PARLEY_UNSENDABLE_REQUEST';
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Neither control characters nor what Latin-1 has no byte for: cut to one, U+010A would be a line feed. */
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const NO_PATH = /[^\x21-\x7e\x80-\xff]/;
/** What frames a message or belongs to one hop is written here and nowhere else; in no other spelling either. */
const OURS = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);
/** Methods whose servers expect to be told that there is no body (RFC 9110 §8.6). */
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']);

/** Checked once and then known: callers and configurations choose from a few. */
const NAMES = new Set<string>();
const MAX_NAMES = 2000;

function checkName(name: string): void {
  if (NAMES.has(name)) return;
  if (!TOKEN.test(name) || OURS.has(name.toLowerCase())) throw new UnsendableRequestError(`no header to send: ${name}`);
  if (NAMES.size < MAX_NAMES) NAMES.add(name);
}

/**
 * The head of a request as Latin-1 text, its empty line included. `bodyBytes`: length of a body in memory, -1 for a
 * stream, whose own `content-length` is used or else `chunked`. Throws `UnsendableRequestError`.
 */
export function requestHead(request: Outgoing, host: string, bodyBytes: number): string {
  const { method, path, headers } = request;
  if (!TOKEN.test(method) || path === '' || NO_PATH.test(path)) throw new UnsendableRequestError('no path to send');
  let to = host;
  let length = bodyBytes;
  let lines = '';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (NO_VALUE.test(value)) throw new UnsendableRequestError(`no value to send for ${name}`);
    if (name === 'host') to = value;
    else if (name === 'content-length') {
      if (bodyBytes === -1) length = declaredLength(value);
    } else {
      checkName(name);
      lines += `${name}: ${value}\r\n`;
    }
  }
  const begin = `${method} ${path} HTTP/1.1\r\nhost: ${to}\r\n${lines}`;
  if (length === -1) return `${begin}transfer-encoding: chunked\r\n\r\n`;
  if (length === 0 && !WITH_BODY.has(method)) return `${begin}\r\n`;
  return `${begin}content-length: ${length}\r\n\r\n`;
}

function declaredLength(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new UnsendableRequestError('Content-Length is not one number');
  return Number(value);
}

/** Bytes a streamed body was announced with; -1 when its length is not known. */
export function announcedLength(headers: readonly string[]): number {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'content-length') return declaredLength(headers[i + 1] as string);
  }
  return -1;
}
