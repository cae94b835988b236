import { breakOff, type Exchange, reply, wait, waitForever, write } from './exchange.ts';
import type { FaultName } from './faults.ts';

/** How an answer leaves: as one JSON body or as server-sent events, with the faults that hit it on the way. */
const valueOf = (exchange: Exchange, name: FaultName): number | undefined => exchange.faults.get(name)?.value;

async function holdFirstByte(exchange: Exchange): Promise<void> {
  const ms = valueOf(exchange, 'slow-first-byte');
  if (ms === undefined) return;
  exchange.response.flushHeaders();
  await wait(exchange, ms);
}

/** Sends a JSON body. `tokens` is what it would take to generate it, for `slow-tokens`; `msPerToken` the usual pace. */
export async function deliverJson(exchange: Exchange, body: object, tokens: number, msPerToken: number): Promise<void> {
  const text = JSON.stringify(body);
  await wait(exchange, (valueOf(exchange, 'slow-tokens') ?? msPerToken) * tokens);
  const { response, faults } = exchange;
  if (faults.has('malformed')) return reply(exchange, 200, text.slice(0, -12));
  const bytes = Buffer.from(text);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length });
  await holdFirstByte(exchange);
  if (faults.has('stall') || faults.has('cut')) {
    await write(exchange, bytes.subarray(0, bytes.length >> 1));
    return faults.has('cut') ? breakOff(exchange) : waitForever(exchange);
  }
  response.end(bytes);
}

const ERROR_EVENT = {
  error: { message: 'The server had an error. [simulated by Parley]', type: 'server_error', param: null, code: null },
};

/** What may end a stream before its time, by the number of chunks sent. Returns true when the stream is over. */
const ENDINGS: readonly (readonly [FaultName, (exchange: Exchange) => void | Promise<void>])[] = [
  ['cut', breakOff],
  ['stall', waitForever],
  ['truncate', (exchange) => void exchange.response.end()],
  [
    'error-in-stream',
    async (exchange) => {
      await sendEvent(exchange, JSON.stringify(ERROR_EVENT));
      exchange.response.end();
    },
  ],
];

async function sendEvent(exchange: Exchange, data: string): Promise<void> {
  const event = Buffer.from(`data: ${data}\n\n`);
  if (!exchange.faults.has('split-bytes')) await write(exchange, event);
  else for (let at = 0; at < event.length; at += 3) await write(exchange, event.subarray(at, at + 3));
  exchange.record.chunksSent++;
}

async function endedEarly(exchange: Exchange, sent: number, last: boolean): Promise<boolean> {
  for (const [name, end] of ENDINGS) {
    const after = valueOf(exchange, name);
    if (after === undefined || !(sent === after || (last && sent < after))) continue;
    await end(exchange);
    return true;
  }
  return false;
}

/** Sends chunks as server-sent events, then `[DONE]` (WHATWG server-sent events; OpenAI streaming). */
export async function deliverStream(exchange: Exchange, chunks: readonly object[], msPerToken: number): Promise<void> {
  const { response, faults, gone } = exchange;
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.flushHeaders();
  await wait(exchange, valueOf(exchange, 'slow-first-byte') ?? 0);
  const pace = valueOf(exchange, 'slow-tokens') ?? msPerToken;
  const broken = valueOf(exchange, 'malformed');
  for (const [at, chunk] of chunks.entries()) {
    if (gone.aborted || (await endedEarly(exchange, at, false))) return;
    await wait(exchange, pace);
    if (faults.has('comments')) await write(exchange, ': SIMULATOR PROCESSING\n\n');
    const text = JSON.stringify(chunk);
    await sendEvent(exchange, at === broken ? text.slice(0, text.length >> 1) : text);
  }
  if (gone.aborted || (await endedEarly(exchange, chunks.length, true))) return;
  if (!faults.has('no-done')) await sendEvent(exchange, '[DONE]');
  response.end();
}
