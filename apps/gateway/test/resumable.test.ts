import type { ServerResponse } from 'node:http';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackgroundLab, openBackgroundLab } from './background-lab.ts';
import { streamEvents } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const chat = { model: 'fast', messages: [{ role: 'user', content: 'Hi' }], stream: true };
const closers: (() => Promise<unknown> | void)[] = [];
const PIECES = streamEvents(['one ', 'two ', 'three ', 'four']);
let writer: World;
let other: World;
let lab: BackgroundLab;
let upstream: ServerResponse | null;

beforeEach(async () => {
  writer = await openWorld();
  other = await openWorld();
  lab = await openBackgroundLab(writer, { resumableStreams: { graceSeconds: 1 } });
  closers.push(
    () => writer.close(),
    () => other.close(),
    () => lab.close(),
  );
  upstream = null;
  lab.backend.behave((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    upstream = response;
  });
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Has the model say more. */
async function say(pieces: readonly string[]): Promise<void> {
  const response = await waitFor('the model to be asked', () => upstream);
  for (const piece of pieces) response.write(piece);
}

/** Reads an answer until its text holds something. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, wanted: string | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  while (wanted === null || !text.includes(wanted)) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

/** A stream of which two words were read, then its client's connection breaks. */
async function broken(body: unknown = chat, path = '/v1/chat/completions', headers?: Record<string, string>) {
  const leaving = new AbortController();
  const asked = fetch(writer.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${lab.key}`,
      'content-type': 'application/json',
      'x-parley-resumable': 'true',
      ...headers,
    },
    body: JSON.stringify(body),
    signal: leaving.signal,
  });
  await say(PIECES.slice(0, 3));
  const answer = await asked;
  const text = await readUntil(answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>, 'two ');
  leaving.abort();
  return { id: answer.headers.get('x-parley-stream'), text, requestId: answer.headers.get('x-request-id') };
}

const numbers = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
const resume = (id: string | null, last: string | null, more: { key?: string; path?: string; at?: World } = {}) =>
  fetch(`${(more.at ?? other).url}${more.path ?? '/v1/streams/'}${id}`, {
    headers: { authorization: `Bearer ${more.key ?? lab.key}`, ...(last === null ? {} : { 'last-event-id': last }) },
  });

describe('a stream its caller may take up again', () => {
  it('goes on without its client, and gives the rest and what comes at any node; it is recorded once, as answered', async () => {
    const { id, text, requestId } = await broken();
    expect(id).toBe(requestId);
    const seen = numbers(text);
    expect(seen).toEqual([1, 2, 3]);
    const rest = await resume(id, '2');
    expect(rest.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = rest.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    expect(numbers(await readUntil(reader, 'two '))).toEqual([3]);
    await say(PIECES.slice(3));
    (upstream as unknown as ServerResponse).end();
    const last = await readUntil(reader, null);
    expect(last).toContain('three ');
    expect(last.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await writer.event(id)).toMatchObject({ status: 200, code: null, abortedBy: 'none', outputTokens: 10 });
    expect(lab.backend.received[0]?.aborted).toBe(false);
    expect(lab.backend.received).toHaveLength(1);
    const whole = await (await resume(id, null)).text();
    expect(numbers(whole)).toEqual(numbers(text).concat(numbers(last)));
    const own = await resume(id, '3', { path: `/${lab.slug}/models/v1/streams/` });
    expect(numbers(await own.text())).toEqual(numbers(last));
    const kept = await writer.redis.xrangeBuffer(redisKeys.keptStream(id ?? '', 'events'), '-', '+');
    expect(Buffer.concat(kept.flatMap(([, fields]) => fields)).includes('three')).toBe(false);
  });

  it('is let go when nobody comes back, and what was produced is billed', async () => {
    const { id } = await broken();
    const event = await writer.event(id);
    expect(event).toMatchObject({ code: 'client_closed', abortedBy: 'client', usageSource: 'estimated', stream: true });
    expect(event.outputTokens).toBeGreaterThan(0);
    expect(event.durationUs).toBeGreaterThan(900_000);
    await waitFor('the model to be let go', () => lab.backend.received[0]?.aborted);
    const text = await (await resume(id, '2')).text();
    expect(text).not.toContain('[DONE]');
  });

  it('ends with an error in its protocol where its gateway died', async () => {
    const frozen = await openWorld({ streams: { beatMs: 60_000 } });
    closers.push(() => frozen.close());
    const before = writer;
    writer = frozen;
    const { id } = await broken();
    writer = before;
    await writer.redis.del(redisKeys.keptStream(id ?? '', 'alive'));
    const text = await (await resume(id, '3')).text();
    expect(text).toContain('"code":"upstream_cut"');
    expect(text).not.toContain('[DONE]');
  });

  it('is nobody else’s, and is taken up only at a number', async () => {
    const { id } = await broken();
    expect((await resume(id, '1', { key: lab.other })).status).toBe(404);
    expect((await resume(id, '1', { path: `/${lab.slug}/tight/v1/streams/` })).status).toBe(404);
    for (const bad of [newId(), 'x', '*', `${id}}`]) expect((await resume(bad, '1')).status).toBe(404);
    for (const bad of ['-1', '1 2', 'x', '99999999', '1e3', '+']) {
      const answer = await resume(id, bad);
      expect([bad, answer.status]).toEqual([bad, 400]);
    }
    const missing = await resume(newId(), '1');
    expect(await missing.json()).toMatchObject({ code: 'stream_not_found' });
  });

  it('is one only where that is asked for: else the model is let go with its client', async () => {
    const { id, text } = await broken(chat, '/v1/chat/completions', { 'x-parley-resumable': 'false' });
    expect(id).toBeNull();
    expect(numbers(text)).toEqual([]);
    await waitFor('the model to be let go', () => lab.backend.received[0]?.aborted);
  });

  it('works in other protocols: the end is the protocol’s own', async () => {
    const body = { model: 'fast', max_tokens: 100, messages: chat.messages, stream: true };
    const { id } = await broken(body, '/v1/messages');
    await say(PIECES.slice(3));
    (upstream as unknown as ServerResponse).end();
    expect((await (await resume(id, '3')).text()).trimEnd()).toMatch(/event: message_stop\ndata: .*$/);
  });
});

describe('OpenAI’s unmodified SDK', () => {
  const client = (at: World) => new OpenAI({ baseURL: `${at.url}/v1`, apiKey: lab.key, maxRetries: 0 });

  it.each(['fast', 'responder'])('streams a response in the background and takes it up again (%s)', async (model) => {
    const theirs = { id: 'resp_theirs', object: 'response', model: 'x', status: 'in_progress', output: [] };
    const usage = { input_tokens: 20, output_tokens: 10, total_tokens: 30 };
    const delta = { type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0 };
    const own = [
      { type: 'response.created', response: theirs },
      { ...delta, delta: 'one ' },
      { ...delta, delta: 'two ' },
      { ...delta, delta: 'three' },
      { type: 'response.completed', response: { ...theirs, status: 'completed', usage } },
    ].map((event, i) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: i })}\n\n`);
    const pieces = model === 'fast' ? PIECES : own;
    const asked = client(writer).responses.create({ model, input: 'Hi', background: true, stream: true });
    await say(pieces.slice(0, 3));
    let id = '';
    let last = -1;
    let heard = '';
    for await (const event of await asked) {
      last = event.sequence_number;
      if (event.type === 'response.created') id = event.response.id;
      if (event.type !== 'response.output_text.delta') continue;
      heard += event.delta;
      if (heard.includes('two')) break;
    }
    expect((await client(other).responses.retrieve(id)).status).toBe('in_progress');
    const rest = await client(other).responses.retrieve(id, { stream: true, starting_after: last });
    await say(pieces.slice(3));
    (upstream as unknown as ServerResponse).end();
    const sequence: number[] = [];
    for await (const event of rest) {
      sequence.push(event.sequence_number);
      if (event.type === 'response.output_text.delta') heard += event.delta;
    }
    expect(heard).toContain('one two three');
    expect(sequence).toEqual(sequence.map((_, i) => last + 1 + i));
    expect(await client(other).responses.retrieve(id)).toMatchObject({ id, status: 'completed', background: true });
  });

  it('cancels one that is streamed', async () => {
    const asked = client(writer).responses.create({ model: 'fast', input: 'Hi', background: true, stream: true });
    await say(PIECES.slice(0, 3));
    let id = '';
    for await (const event of await asked) {
      if (event.type === 'response.created') id = event.response.id;
      if (event.type === 'response.output_text.delta') break;
    }
    expect((await client(other).responses.cancel(id)).status).toBe('cancelled');
    await waitFor('the model to be let go', () => lab.backend.received[0]?.aborted);
  });
});
