import { breakOff, type Exchange, wait, waitForever, write } from './exchange.ts';
import type { FaultName } from './faults.ts';

/** How an answer leaves: as one JSON body or as a stream of events, with the faults that hit it on the way. */
const valueOf = (exchange: Exchange, name: FaultName): number | undefined => exchange.faults.get(name)?.value;

async function holdFirstByte(exchange: Exchange): Promise<void> {
  const ms = valueOf(exchange, 'slow-first-byte');
  if (ms === undefined) return;
  exchange.response.flushHeaders();
  await wait(exchange, ms);
}

/** Sends a JSON body. `tokens` is what it would take to generate it, for `slow-tokens`; `msPerToken` the usual pace. */
export async function deliverJson(exchange: Exchange, body: object, tokens: number, msPerToken: number): Promise<void> {
  await wait(exchange, (valueOf(exchange, 'slow-tokens') ?? msPerToken) * tokens);
  await deliverBytes(exchange, Buffer.from(JSON.stringify(body)), 'application/json');
}

/** Sends a whole body of any kind. */
export async function deliverBytes(exchange: Exchange, given: Buffer, type: string): Promise<void> {
  const { response, faults } = exchange;
  const bytes = faults.has('malformed') ? given.subarray(0, -12) : given;
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length });
  await holdFirstByte(exchange);
  if (faults.has('stall') || faults.has('cut')) {
    await write(exchange, bytes.subarray(0, bytes.length >> 1));
    return faults.has('cut') ? breakOff(exchange) : waitForever(exchange);
  }
  response.end(bytes);
}

/** True when the answer goes out as a stream: as asked, unless a fault turns it around. */
export function streams(exchange: Exchange, asked: boolean): boolean {
  return asked ? !exchange.faults.has('json-for-stream') : exchange.faults.has('stream-for-json');
}

/** One event of a stream as bytes: whole, and broken inside so that its reader must notice. */
export interface StreamEvent {
  readonly bytes: Uint8Array;
  readonly broken: Uint8Array;
}

/** A server-sent event, named or not (WHATWG server-sent events). */
export function sseEvent(data: string, name?: string): StreamEvent {
  const event = (text: string) => Buffer.from(`${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`);
  return { bytes: event(data), broken: event(data.slice(0, data.length >> 1)) };
}

const COMMENT = Buffer.from(': SIMULATOR PROCESSING\n\n');

/** A whole answer as a stream. */
export interface StreamPlan {
  /** `text/event-stream; charset=utf-8` when absent. */
  readonly contentType?: string;
  readonly events: readonly StreamEvent[];
  /** What says that the stream is complete; left out by `no-done`. */
  readonly closing: readonly StreamEvent[];
  /** What `error-in-stream` sends. */
  readonly error: StreamEvent;
}

type Ending = (exchange: Exchange) => void | Promise<void>;

/** What may end a stream before its time, by the number of events sent. */
const ENDINGS: readonly (readonly [FaultName, Ending])[] = [
  ['cut', breakOff],
  ['stall', waitForever],
  ['truncate', (exchange) => void exchange.response.end()],
  ['error-in-stream', (exchange) => void exchange.response.end()],
];

/** Writes stream bytes in the pieces that were asked for: any boundary can be met. */
async function writePieces(exchange: Exchange, bytes: Uint8Array): Promise<void> {
  const size = Math.max(1, valueOf(exchange, 'split-bytes') ?? Number.POSITIVE_INFINITY);
  const cutAt = (valueOf(exchange, 'split-at') ?? Number.POSITIVE_INFINITY) - exchange.sentBytes;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + size, bytes.length, cutAt > at ? cutAt : Number.POSITIVE_INFINITY);
    await write(exchange, bytes.subarray(at, end));
    at = end;
  }
  exchange.sentBytes += bytes.length;
}

async function send(exchange: Exchange, bytes: Uint8Array): Promise<void> {
  if (exchange.faults.has('one-write')) exchange.held.push(bytes);
  else await writePieces(exchange, bytes);
}

async function sendEvent(exchange: Exchange, bytes: Uint8Array): Promise<void> {
  await send(exchange, bytes);
  exchange.record.chunksSent++;
}

/** Writes what was held back. */
async function release(exchange: Exchange): Promise<void> {
  if (exchange.held.length > 0) await writePieces(exchange, Buffer.concat(exchange.held.splice(0)));
}

async function endedEarly(exchange: Exchange, plan: StreamPlan, sent: number, last: boolean): Promise<boolean> {
  for (const [name, end] of ENDINGS) {
    const after = valueOf(exchange, name);
    if (after === undefined || !(sent === after || (last && sent < after))) continue;
    if (name === 'error-in-stream') await sendEvent(exchange, plan.error.bytes);
    await release(exchange);
    await end(exchange);
    return true;
  }
  return false;
}

/** Sends a stream, at the pace of `msPerToken`, with the faults that hit it on the way. */
export async function deliverStream(exchange: Exchange, plan: StreamPlan, msPerToken: number): Promise<void> {
  const { response, faults, gone } = exchange;
  const contentType = plan.contentType ?? 'text/event-stream; charset=utf-8';
  response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache' });
  response.flushHeaders();
  await wait(exchange, valueOf(exchange, 'slow-first-byte') ?? 0);
  const pace = valueOf(exchange, 'slow-tokens') ?? msPerToken;
  const broken = valueOf(exchange, 'malformed');
  for (const [at, event] of plan.events.entries()) {
    if (gone.aborted || (await endedEarly(exchange, plan, at, false))) return;
    await wait(exchange, pace);
    if (faults.has('comments') && plan.contentType === undefined) await send(exchange, COMMENT);
    await sendEvent(exchange, at === broken ? event.broken : event.bytes);
  }
  if (gone.aborted || (await endedEarly(exchange, plan, plan.events.length, true))) return;
  if (!faults.has('no-done')) for (const event of plan.closing) await sendEvent(exchange, event.bytes);
  await release(exchange);
  response.end();
}
