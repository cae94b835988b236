import type { IncomingHttpHeaders } from 'node:http';
import { MalformedAnswerError } from './malformed-answer.ts';

/** Where the body ends when no number says so. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

export interface AnswerHead {
  readonly status: number;
  /** By name in lower case; what came several times as an array, `set-cookie` always. */
  readonly headers: IncomingHttpHeaders;
  /** Bytes of the body, `CHUNKED` or `UNTIL_CLOSE`. */
  readonly length: number;
  /** How long the connection may wait for its next call, in ms; 0 when this answer is its last. */
  readonly keepMs: number;
}

/** Control characters, CR or LF by itself, and lines folded over (RFC 9112 §2.2, §5.2; RFC 9110 §5.5). */
const FORBIDDEN = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n|\n[\t ]/;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?= |\r|$)/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LENGTH = /^\d{1,15}$/;
const KEEP_TIMEOUT = /(?:^|[ ,;])timeout="?(\d{1,9})/i;

/** Ours must give up an idle connection before the upstream does; Node servers keep them for 5 s. */
const KEEP_MS = 4000;
const MAX_KEEP_MS = 60_000;
/** Taken off what an upstream promises, for the way. */
const KEEP_MARGIN_MS = 2000;

/** Headers without a prototype, so that no name is there before it is set. */
class HeaderBag {}
Object.setPrototypeOf(HeaderBag.prototype, null);
Reflect.deleteProperty(HeaderBag.prototype, 'constructor');

/** Names as they come, and in lower case once checked. Upstreams choose them, so only so many are kept. */
const NAMES = new Map<string, string>();
const MAX_NAMES = 2000;

function nameOf(given: string): string {
  const known = NAMES.get(given);
  if (known !== undefined) return known;
  if (!NAME.test(given)) throw new MalformedAnswerError('a header has a name that is no token');
  const name = given.toLowerCase();
  if (NAMES.size < MAX_NAMES) NAMES.set(given, name);
  return name;
}

/** Whether text that may go on has something in it, from there on, that no head may have. */
export function isForbidden(text: string, from: number): boolean {
  const search = new RegExp(FORBIDDEN, 'g');
  search.lastIndex = from;
  return search.test(text.endsWith('\r') ? text.slice(0, -1) : text);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/**
 * Reads the head of an answer: everything before the empty line, as Latin-1. `bodiless` says that the request was HEAD.
 * Throws `MalformedAnswerError` for what is not HTTP/1, or leaves open where the body ends (RFC 9112 §6.3).
 */
export function readAnswerHead(text: string, bodiless: boolean): AnswerHead {
  if (FORBIDDEN.test(text)) throw new MalformedAnswerError('a control character or a folded line in the head');
  const begin = STATUS_LINE.exec(text);
  if (begin === null) throw new MalformedAnswerError('no status line');
  const status = Number(begin[2]);
  const headers = new HeaderBag() as Record<string, string | string[]>;
  for (let at = text.indexOf('\r\n'); at !== -1; ) {
    const from = at + 2;
    at = text.indexOf('\r\n', from);
    addLine(headers, text, from, at === -1 ? text.length : at);
  }
  const noBody = bodiless || status < 200 || status === 204 || status === 304;
  const framed = framing(headers, begin[1] === '1');
  const length = noBody ? 0 : framed;
  return { status, headers, length, keepMs: length === UNTIL_CLOSE ? 0 : keepMs(headers, begin[1] === '1') };
}

function addLine(headers: Record<string, string | string[]>, text: string, from: number, to: number): void {
  const colon = text.indexOf(':', from);
  if (colon === -1 || colon >= to) throw new MalformedAnswerError('a header without a colon');
  const name = nameOf(text.slice(from, colon));
  let first = colon + 1;
  let last = to;
  while (first < last && isBlank(text.charCodeAt(first))) first++;
  while (last > first && isBlank(text.charCodeAt(last - 1))) last--;
  const value = text.slice(first, last);
  const before = headers[name];
  if (before === undefined) headers[name] = name === 'set-cookie' ? [value] : value;
  else if (typeof before === 'string') headers[name] = [before, value];
  else before.push(value);
}

/** Where the body ends. What could be read in two ways is refused: that is how answers are smuggled (RFC 9112 §11.2). */
function framing(headers: Record<string, string | string[]>, isHttp11: boolean): number {
  const length = headers['content-length'];
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (length !== undefined) throw new MalformedAnswerError('Content-Length with Transfer-Encoding');
    if (!isHttp11) throw new MalformedAnswerError('Transfer-Encoding in HTTP/1.0');
    if (typeof coding !== 'string' || coding.toLowerCase() !== 'chunked')
      throw new MalformedAnswerError('a transfer coding that is not “chunked”');
    return CHUNKED;
  }
  if (length === undefined) return UNTIL_CLOSE;
  if (typeof length !== 'string' || !LENGTH.test(length))
    throw new MalformedAnswerError('Content-Length is not one number');
  return Number(length);
}

function keepMs(headers: Record<string, string | string[]>, isHttp11: boolean): number {
  const { connection } = headers;
  if (connection === undefined) {
    if (!isHttp11) return 0;
  } else {
    const options = String(connection)
      .toLowerCase()
      .split(/[ \t]*,[ \t]*/);
    if (options.includes('close') || (!isHttp11 && !options.includes('keep-alive'))) return 0;
  }
  const hint = headers['keep-alive'];
  const seconds = hint === undefined ? null : KEEP_TIMEOUT.exec(String(hint));
  if (seconds === null) return KEEP_MS;
  return Math.max(0, Math.min(Number(seconds[1]) * 1000 - KEEP_MARGIN_MS, MAX_KEEP_MS));
}
