import { ServerResponse, STATUS_CODES } from 'node:http';
import type { Exchange } from '../exchange.ts';

/** Only names that need no look at their case; the others are left to Node. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** Headers by which Node decides more than what it writes. */
const DECIDING = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'expect', 'upgrade']);

/** Checked once and then known. Upstreams choose some of them, so only so many are kept. */
const NAMES = new Set<string>();
const MAX_NAMES = 2000;

function isPlainName(name: string): boolean {
  if (NAMES.has(name)) return true;
  if (!NAME.test(name) || DECIDING.has(name)) return false;
  if (NAMES.size < MAX_NAMES) NAMES.add(name);
  return true;
}

let dateSecond = 0;
let dateLine = '';

/** The `Date` line of this second (RFC 9110 §6.6.1). */
function dateNow(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
  }
  return dateLine;
}

/** The head of an answer of known length on a connection that goes on; `null` for any other, and for what HTTP forbids. */
function plainHead(status: number, headers: readonly unknown[], idleSeconds: number): string | null {
  let lines = '';
  let sized = false;
  let dated = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    const value = headers[i + 1];
    if (typeof name !== 'string' || typeof value !== 'string') return null;
    if (!isPlainName(name) || NO_VALUE.test(value)) return null;
    if (name === 'content-length') {
      if (sized) return null;
      sized = true;
    } else if (name === 'date') dated = true;
    lines += `${name}: ${value}\r\n`;
  }
  if (!sized) return null;
  const begin = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${lines}${dated ? '' : dateNow()}`;
  return `${begin}Connection: keep-alive\r\nKeep-Alive: timeout=${idleSeconds}\r\n\r\n`;
}

/** An answer of HTTP/1 that knows its exchange, so that its end needs no closure, and writes the usual head in one go. */
export class GatewayResponse extends ServerResponse {
  exchange: Exchange | null = null;
  /** Seconds the client may let its connection wait before its next request; -1 where that is for Node to say. */
  idleSeconds = -1;
  /** Node's own field: the text of a head that is ready, which leaves with the first bytes of the body. */
  declare _header: string | null;

  /** Node looks at each header twice and more; that is left to it only where there is something to decide. */
  override writeHead(status: number, headers?: unknown): this {
    const { idleSeconds } = this;
    const goesOn = idleSeconds !== -1 && this.shouldKeepAlive && this.req.httpVersionMinor === 1;
    if (!goesOn || !Array.isArray(headers) || this.headersSent || this.getHeaderNames().length > 0) {
      return super.writeHead(status, headers as never);
    }
    const hasBody = status >= 200 && status !== 204 && status !== 304 && this.req.method !== 'HEAD';
    const head = hasBody ? plainHead(status, headers, idleSeconds) : null;
    if (head === null) {
      const hint = headers.includes('connection') ? [] : ['Keep-Alive', `timeout=${idleSeconds}`];
      return super.writeHead(status, headers.concat(hint));
    }
    this.statusCode = status;
    this._header = head;
    return this;
  }
}
