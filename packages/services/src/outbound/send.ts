import { lookup as resolve } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressRule, addressRule } from './addresses.ts';

export interface OutboundRequest {
  readonly url: string;
  /** Path and query exactly as they go out, where a URL would tidy them; the URL's own unless told. */
  readonly path?: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** The operator's allow-list of private ranges. */
  readonly allowedPrivate: readonly string[];
  /** Ends the call; the error it rejects with is the signal's reason. */
  readonly signal: AbortSignal;
}

/** The host leads to an address that a tenant may not have us call. */
export class ForbiddenAddressError extends Error {
  constructor() {
    super('the address is private or reserved');
    this.name = 'ForbiddenAddressError';
  }
}

/**
 * Sends one request to an address a tenant chose, without following redirects. The connection goes only to addresses the
 * rule admits, judged where the name is resolved, so that what was checked is what is called (no DNS rebinding).
 * Rejects with `ForbiddenAddressError`, the signal's reason, or the socket's error.
 */
export async function sendOutbound(request: OutboundRequest): Promise<http.IncomingMessage> {
  request.signal.throwIfAborted();
  const url = new URL(request.url);
  const rule = addressRule(request.allowedPrivate);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) && !rule(host)) throw new ForbiddenAddressError();
  const { promise, resolve: answer, reject } = Promise.withResolvers<http.IncomingMessage>();
  const send = url.protocol === 'https:' ? https.request : http.request;
  const outgoing = send(url, {
    method: request.method,
    ...(request.path === undefined ? {} : { path: request.path }),
    headers: { ...request.headers, 'accept-encoding': 'identity' },
    lookup: guardedLookup(rule),
    signal: request.signal,
    agent: false,
    maxHeaderSize: 32_768,
  });
  outgoing.once('response', answer);
  outgoing.once('error', (error) => reject(request.signal.aborted ? request.signal.reason : error));
  outgoing.end(request.body);
  return promise;
}

function guardedLookup(rule: AddressRule): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const open = addresses.filter(({ address }) => rule(address));
      const [first] = open;
      if (!first) return callback(new ForbiddenAddressError(), []);
      if (options.all) callback(null, open);
      else callback(null, first.address, first.family);
    });
  };
}

/** Reads a body of at most `maxBytes`; `null` when it is longer, which ends the connection. */
export async function readBody(message: http.IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      message.destroy();
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
