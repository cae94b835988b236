import type { ServerResponse } from 'node:http';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let base: string;
let secret: string;
/** Answers under way, by the path they were asked for. */
const open = new Map<string, ServerResponse>();

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((received, response) => {
    open.set(received.url, response);
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write('data: hello\n\n');
  });
  const pub = publisher(`sse-${newId().slice(-8)}`);
  const timeouts = { connectMs: 1000, headersMs: 1000, totalMs: 4000 };
  const options = { timeouts: { idleMs: 700 } };
  const rest = restApi(pub, 'feed', upstream(pub, backend.url, { timeouts, options }).id);
  for (const version of rest.versions) {
    version.policies = { limits: { rules: [{ algorithm: 'concurrency', amount: 2 }] } };
  }
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/feed/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, rest)], [key.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

interface Stream {
  readonly answer: Response;
  text(): string;
  /** Why it ended; `null` while it runs. */
  ended(): 'whole' | 'broken' | null;
  leave(): void;
}

async function listen(path: string, headers: Record<string, string> = {}): Promise<Stream> {
  const control = new AbortController();
  const answer = await fetch(`${base}${path}`, {
    headers: { 'x-api-key': secret, ...headers },
    signal: control.signal,
  });
  let text = '';
  let ended: 'whole' | 'broken' | null = null;
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const part of answer.body ?? []) text += decoder.decode(part as Uint8Array, { stream: true });
  };
  read().then(
    () => {
      ended = 'whole';
    },
    () => {
      ended = 'broken';
    },
  );
  return { answer, text: () => text, ended: () => ended, leave: () => control.abort() };
}

it('passes each event at once, sends Last-Event-ID on, and records the stream at its end', async () => {
  const stream = await listen('/whole', { 'last-event-id': '41' });
  await waitFor('the first event', () => stream.text() === 'data: hello\n\n');
  expect(stream.answer.headers.get('content-type')).toBe('text/event-stream');
  expect(stream.answer.headers.get('cache-control')).toBe('no-cache');
  expect(backend.received.find(({ url }) => url === '/whole')?.headers['last-event-id']).toBe('41');
  expect(world.events().some(({ path }) => path.endsWith('/whole'))).toBe(false);
  open.get('/whole')?.write('id: 42\ndata: more\n\n');
  await waitFor('the second event', () => stream.text().endsWith('data: more\n\n'));
  open.get('/whole')?.end();
  await waitFor('the end', () => stream.ended());
  expect(stream.ended()).toBe('whole');
  const event = await world.event(stream.answer.headers.get('x-request-id'));
  expect(event).toMatchObject({ status: 200, code: null, abortedBy: 'none', responseBytes: 32 });
});

it('lets the upstream go when the caller leaves, and records how far it came', async () => {
  const stream = await listen('/left');
  await waitFor('the first event', () => stream.text() !== '');
  stream.leave();
  await waitFor('the upstream’s end', () => backend.received.find(({ url }) => url === '/left')?.aborted);
  const event = await world.event(stream.answer.headers.get('x-request-id'));
  expect(event).toMatchObject({ status: 200, code: 'client_closed', abortedBy: 'client', responseBytes: 13 });
});

it('breaks the stream off when the upstream is silent for longer than its option says, or runs for too long', async () => {
  const silent = await listen('/silent');
  const busy = await listen('/busy');
  const timer = setInterval(() => open.get('/busy')?.write(':\n'), 100);
  await waitFor('the end of silence', () => silent.ended());
  expect([silent.ended(), busy.ended()]).toEqual(['broken', null]);
  await waitFor('the end of time', () => busy.ended());
  clearInterval(timer);
  expect(busy.ended()).toBe('broken');
  for (const { answer } of [silent, busy]) {
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ status: 200, code: 'upstream_cut', abortedBy: 'upstream' });
  }
});

it('counts open streams, and frees their places', async () => {
  const streams = [await listen('/one'), await listen('/two')];
  expect((await listen('/three')).answer.status).toBe(429);
  streams[0]?.leave();
  await waitFor('a free place', async () => {
    const again = await listen('/four');
    again.leave();
    return again.answer.status === 200;
  });
  streams[1]?.leave();
});
