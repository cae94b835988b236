import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Failure, type WireError } from './failure.ts';
import type { ActiveFaults } from './faults.ts';
import type { RequestRecord } from './request-log.ts';

/** One request on its way through the simulator. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: RequestRecord;
  /** Aborted when the connection is gone. */
  readonly gone: AbortSignal;
  faults: ActiveFaults;
  /** Bytes of a stream sent so far. */
  sentBytes: number;
  /** Sent, but held back until the stream ends (`one-write`). */
  readonly held: Uint8Array[];
  /** Places of the path, decoded. */
  params: Readonly<Record<string, string>>;
  /** Words a failure as the format of this call does. */
  wire: (failure: Failure) => WireError;
}

/** Waits; rejects with AbortError when the client leaves. */
export async function wait(exchange: Exchange, ms: number): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal: exchange.gone });
}

/** Waits until the client leaves. */
export async function waitForever(exchange: Exchange): Promise<void> {
  if (exchange.gone.aborted) return;
  await new Promise<void>((resolve) => exchange.gone.addEventListener('abort', () => resolve(), { once: true }));
}

/** Breaks the connection off, as a crashing provider would: what was written still arrives, the rest never does. */
export async function breakOff(exchange: Exchange): Promise<void> {
  const { record, response } = exchange;
  record.outcome = 'cut';
  // Node corks what was written in this turn of the loop; the empty write is called back once all before it is out.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => (response.socket ? response.socket.write(new Uint8Array(0), resolve) : resolve(null)));
  response.destroy();
}

/** Resets the connection (TCP RST). */
export function reset(exchange: Exchange): void {
  exchange.record.outcome = 'cut';
  exchange.response.socket?.resetAndDestroy();
}

/** Writes and waits until the client has taken it, so that a slow reader slows the simulator. */
export async function write(exchange: Exchange, data: string | Uint8Array): Promise<void> {
  const { response } = exchange;
  if (exchange.gone.aborted || response.write(data)) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      exchange.gone.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    exchange.gone.addEventListener('abort', done, { once: true });
  });
}

const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Reads a body. Throws Failure `too_large`. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new Failure('too_large', 'Request body is larger than 20 MiB.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Throws Failure `unparsable`. */
export function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw new Failure('unparsable');
  }
}

/** Answers with a complete body; faults do not touch it. */
export function reply(
  exchange: Exchange,
  status: number,
  body: string,
  type = 'application/json',
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(body);
  exchange.response.writeHead(status, { 'content-type': type, 'content-length': bytes.length, ...headers });
  exchange.response.end(exchange.request.method === 'HEAD' ? undefined : bytes);
}

export function replyError(exchange: Exchange, error: Failure | WireError, status?: number): void {
  const wired = error instanceof Failure ? exchange.wire(error) : error;
  wired.requestId = exchange.record.id;
  reply(exchange, status ?? wired.status, JSON.stringify(wired.body, null, 2), 'application/json', wired.headers);
}
