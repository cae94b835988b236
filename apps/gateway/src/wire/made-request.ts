import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** A request that comes over no connection: its parts as they would have been read. */
export interface MadeRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  /** Flat names and values. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Where it is said to come from. */
  readonly address: string;
}

/** Makes a request nobody sends now. */
export function madeRequest({ method, url, headers, body, address }: MadeRequest): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: address });
  const request = new IncomingMessage(socket);
  request.method = method;
  request.url = url;
  request.httpVersion = '1.1';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.rawHeaders = [...headers];
  const given = new Set(headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  // What every client sends by itself.
  if (!given.has('host')) request.rawHeaders.push('host', 'gateway');
  if (body.length > 0 && !given.has('content-length')) request.rawHeaders.push('content-length', String(body.length));
  if (body.length > 0) request.push(body);
  request.push(null);
  request.complete = true;
  return request;
}
