import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type PoliciesInput, policiesSchema } from '@parley/contracts/policies';
import type { UpstreamOptionsInput } from '@parley/contracts/upstream-options';
import { compileGrpc } from '@parley/domain/grpc/compile';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { type GrpcServer, PROTO, startGrpcServer } from './grpc-server.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let server: GrpcServer;
let base: string;
let secret: string;

type Route = readonly [method: 'GET' | 'POST', path: string, rpc: string, more?: object];
const ROUTES: readonly Route[] = [
  ['POST', '/orders/{id}', 'Get'],
  ['GET', '/orders/{id}', 'Get'],
  ['POST', '/lines/{id}', 'Get', { body: 'first' }],
  ['GET', '/sparse/{id}', 'Get', { zeroValues: false }],
  ['GET', '/small/{id}', 'Get', { maxMessageKb: 4 }],
  ['GET', '/fail/{id}', 'Fail'],
  ['GET', '/never/{id}', 'Never'],
  ['GET', '/watch/{id}', 'Watch'],
  ['GET', '/missing/{id}', 'Missing'],
];

async function publish(
  url: string,
  options: UpstreamOptionsInput | null = null,
): Promise<{ base: string; secret: string }> {
  const pub = publisher(`grpc-${newId().slice(-8)}`);
  const timeouts = { connectMs: 1000, headersMs: 1000, totalMs: 8000 };
  const target = upstream(pub, url, { timeouts, ...(options ? { options } : {}) });
  const routes = ROUTES.map(([method, path, rpc, more]) => {
    const grpc = { metadata: ['x-shop'], method: `shop.v1.Orders/${rpc}`, ...more };
    const policy = policiesSchema.parse({ grpc: { ...grpc, protos: [{ name: 'orders.proto', text: PROTO }] } });
    const compiled = policy.grpc ? compileGrpc(policy.grpc, { method, path }) : [];
    if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled));
    const policies: PoliciesInput = { grpc };
    return { id: newId(), method, path, upstreamId: target.id, upstreamPath: null, policies, plan: compiled.plan };
  });
  const made = api(pub, 'orders', { kind: 'rest', routes });
  const key = apiKey();
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, made)], [key.entry]));
  return { base: `${world.url}/${pub.doc.slug}/orders/v1`, secret: key.secret };
}

beforeAll(async () => {
  world = await openWorld();
  server = await startGrpcServer();
  ({ base, secret } = await publish(server.url));
});
afterAll(async () => {
  await world.close();
  server.close();
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${base}${path}`, {
    ...init,
    headers: { 'x-api-key': secret, 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
  });
const post = (path: string, body: unknown): Promise<Response> =>
  call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

const WHOLE = {
  id: '7',
  total: '9007199254740993',
  state: 'OPEN',
  blob: 'AQID',
  lines: [{ item: 'tea', count: 2 }],
  tags: { a: 1.5 },
  at: '2026-01-02T03:04:05.600Z',
  paid: true,
  names: ['x', 'y'],
  dry: true,
  first: { item: 'cup', count: 0 },
};

describe('a call of one answer', () => {
  it('becomes a message and back, every kind of field included', async () => {
    const answer = await post('/orders/7', { ...WHOLE, id: undefined });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual(WHOLE);
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ kind: 'rest', status: 200, code: null, attempts: 1, stream: false });
  });

  it('fills fields from path and query', async () => {
    const answer = await call('/orders/a%20b?total=5&names=p&names=q&dry=true&state=1&first.item=cup&paid=false');
    expect(await answer.json()).toMatchObject({
      id: 'a b',
      total: '5',
      names: ['p', 'q'],
      dry: true,
      state: 'OPEN',
      first: { item: 'cup' },
      paid: false,
    });
  });

  it('takes the body for one field, and leaves zeros out, where the policy says so', async () => {
    expect(await (await post('/lines/7?total=3', { item: 'pot', count: 4 })).json()).toMatchObject({
      id: '7',
      total: '3',
      first: { item: 'pot', count: 4 },
    });
    expect(await (await call('/sparse/7')).json()).toEqual({ id: '7' });
  });

  it('sends a deadline, the metadata that may travel, and the upstream’s credential; nothing of the caller’s', async () => {
    await call('/orders/meta', { headers: { 'x-shop': 'blue', 'x-other': 'no', cookie: 'a=b' } });
    const got = server.received.find(({ order }) => order.id === 'meta');
    expect(got?.metadata).toMatchObject({ 'x-shop': 'blue', 'x-backend-key': 'upstream-secret-1717' });
    expect(Object.keys(got?.metadata ?? {})).not.toContain('x-other');
    expect(JSON.stringify(got?.metadata)).not.toContain(secret);
    expect(got?.deadlineMs).toBeGreaterThan(1000);
    expect(got?.deadlineMs).toBeLessThanOrEqual(8000);
  });

  it.each([
    ['a number that is none', () => post('/orders/7', { total: 'abc' }), 400, 'invalid_variable'],
    ['a field that is not there', () => post('/orders/7', { nope: 1 }), 400, 'invalid_variable'],
    ['an enum value that is not there', () => post('/orders/7', { state: 'SHUT' }), 400, 'invalid_variable'],
    ['a body that is no object', () => post('/orders/7', [1]), 400, 'invalid_variable'],
    ['a body that is no JSON', () => post('/orders/7', '{'), 400, 'malformed_json'],
    ['a query parameter that is no field', () => call('/orders/7?nope=1'), 400, 'invalid_variable'],
    ['a prototype in the query', () => call('/orders/7?__proto__.x=1'), 400, 'invalid_variable'],
    ['a prototype in the body', () => post('/orders/7', '{"__proto__":{"x":1}}'), 400, 'invalid_variable'],
    ['one value given twice', () => call('/orders/7?total=1&total=2'), 400, 'invalid_variable'],
    ['a path that is no UTF-8', () => call('/orders/%ff'), 400, 'invalid_variable'],
    [
      'deep nesting',
      () => post('/orders/7', `{"first":${'['.repeat(5000)}${']'.repeat(5000)}}`),
      400,
      'invalid_variable',
    ],
    ['an answer too large', () => call('/small/big'), 502, 'answer_too_large'],
    ['a method the service does not have', () => call('/missing/7'), 501, 'service_fault'],
    ['a service that takes too long', () => call('/never/7'), 504, 'upstream_timeout'],
  ])('is refused, and recorded: %s', async (_what, send, status, code) => {
    const answer = await send();
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ status, code });
  });

  it('answers every status of gRPC by its HTTP status, with the service’s words where they are about the call', async () => {
    const statuses = [502, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 502];
    for (const [at, status] of statuses.entries()) {
      const answer = await call(`/fail/${at + 1}`);
      expect(answer.status, `code ${at + 1}`).toBe(status);
      const { title } = (await answer.json()) as { title: string };
      if (status < 499) expect(title, `code ${at + 1}`).toBe('Fällt — so');
      else expect(title, `code ${at + 1}`).not.toContain('Fällt');
    }
  });

  it('lets the service know when the caller leaves', async () => {
    const control = new AbortController();
    const gone = call('/never/leaves', { signal: control.signal }).catch(() => null);
    await waitFor('the call', () => server.received.some(({ order }) => order.id === 'leaves'));
    control.abort();
    await gone;
    await waitFor('the end', () => server.cancelled.includes('leaves'));
    const event = await waitFor('the record', () => world.events().find(({ path }) => path.endsWith('/never/leaves')));
    expect(event).toMatchObject({ code: 'client_closed', abortedBy: 'client' });
  });

  it('carries many calls at once on few connections', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => call(`/orders/n${n}`)));
    for (const [n, answer] of answers.entries()) expect(await answer.json()).toMatchObject({ id: `n${n}` });
  });
});

describe('a call of a stream', () => {
  it('answers server-sent events, or lines where those are asked for', async () => {
    const events = await call('/watch/a');
    expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const parts = (await events.text()).split('\n\n').filter(Boolean);
    expect(parts.map((part) => (JSON.parse(part.slice('data: '.length)) as { total: string }).total)).toEqual([
      '0',
      '1',
      '2',
    ]);
    const lines = await call('/watch/a', { headers: { accept: 'application/x-ndjson' } });
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson');
    expect((await lines.text()).trim().split('\n')).toHaveLength(3);
    expect(await world.event(events.headers.get('x-request-id'))).toMatchObject({
      stream: true,
      status: 200,
      code: null,
    });
  });

  it('answers an empty stream, and a refusal before the first message as such', async () => {
    const empty = await call('/watch/none');
    expect([empty.status, await empty.text()]).toEqual([200, '']);
    const refused = await call('/watch/refuse');
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ code: 'service_fault', title: 'no such order' });
  });

  it('tells of a failure in the middle with an event, and then ends', async () => {
    const answer = await call('/watch/fails');
    const text = await answer.text();
    expect(text.split('\n\n').filter(Boolean)).toHaveLength(4);
    expect(text).toContain('event: error\ndata: {"error":{"code":"service_fault"');
    expect(text).toContain('"status":"INTERNAL"');
    expect(text).not.toContain('secret inside');
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ status: 200, code: 'service_fault' });
  });

  it('passes each message at once, and cancels when the caller leaves', async () => {
    const control = new AbortController();
    const answer = await call('/watch/open', { signal: control.signal });
    const reader = answer.body?.getReader();
    let text = '';
    while (text.split('\n\n').length < 4) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    control.abort();
    await waitFor('the end', () => server.cancelled.includes('open'));
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ status: 200, code: 'client_closed', abortedBy: 'client' });
  });

  it('holds the service to the caller’s pace', async () => {
    const answer = await call('/watch/many');
    const reader = answer.body?.getReader();
    let bytes = 0;
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) bytes += part.value.length;
    expect(bytes).toBeGreaterThan(400 * 50_000);
  });
});

describe('services that do not speak gRPC as they should', () => {
  const bad: { server: Http2Server; behave: (stream: ServerHttp2Stream, calls: number) => void; calls: number } = {
    server: createServer(),
    behave: () => {},
    calls: 0,
  };
  let there: { base: string; secret: string };
  beforeAll(async () => {
    bad.server.on('stream', (stream) => {
      stream.on('error', () => {});
      bad.behave(stream, ++bad.calls);
    });
    bad.server.on('sessionError', () => {});
    await new Promise<void>((resolve) => bad.server.listen(0, 'localhost', resolve));
    there = await publish(`http://localhost:${(bad.server.address() as AddressInfo).port}`);
  });
  afterAll(() => bad.server.close());

  const HEAD = { ':status': 200, 'content-type': 'application/grpc' };
  const respond = (stream: ServerHttp2Stream, body: Buffer, trailers: Record<string, string> | null): void => {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on('wantTrailers', () => (trailers === null ? stream.close() : stream.sendTrailers(trailers)));
    stream.end(body);
  };
  const OK = { 'grpc-status': '0' };
  const EMPTY = Buffer.alloc(5);

  it.each<[string, (stream: ServerHttp2Stream, calls: number) => void, number, string]>([
    ['plain HTML', (stream) => stream.respond({ ':status': 200, 'content-type': 'text/html' }), 500, 'service_fault'],
    ['a 404', (stream) => stream.respond({ ':status': 404 }, { endStream: true }), 501, 'service_fault'],
    ['a 503', (stream) => stream.respond({ ':status': 503 }, { endStream: true }), 503, 'service_fault'],
    ['no message', (stream) => respond(stream, Buffer.alloc(0), OK), 502, 'answer_unreadable'],
    ['two messages', (stream) => respond(stream, Buffer.concat([EMPTY, EMPTY]), OK), 502, 'answer_unreadable'],
    ['half a message', (stream) => respond(stream, Buffer.from([0, 0, 0, 0, 9, 1]), OK), 502, 'upstream_cut'],
    ['no status', (stream) => respond(stream, EMPTY, null), 502, 'upstream_cut'],
    [
      'a message that is none',
      (stream) => respond(stream, Buffer.from([0, 0, 0, 0, 1, 0xff]), OK),
      502,
      'answer_unreadable',
    ],
    [
      'packed without a word',
      (stream) => respond(stream, Buffer.from([1, 0, 0, 0, 1, 0]), OK),
      502,
      'answer_unreadable',
    ],
    [
      'a length of 4 GB',
      (stream) => respond(stream, Buffer.from([0, 255, 255, 255, 255]), OK),
      502,
      'answer_too_large',
    ],
    ['a reset', (stream) => stream.close(2), 502, 'upstream_unreachable'],
  ])('%s', async (_what, behave, status, code) => {
    bad.behave = behave;
    const answer = await fetch(`${there.base}/orders/7`, { headers: { 'x-api-key': there.secret } });
    expect(await answer.json()).toMatchObject({ code });
    expect(answer.status).toBe(status);
  });

  it('asks again, once, where the service refused to begin', async () => {
    const before = bad.calls;
    bad.behave = (stream, calls) => (calls === before + 1 ? stream.close(7) : respond(stream, EMPTY, OK));
    const answer = await fetch(`${there.base}/orders/7`, { headers: { 'x-api-key': there.secret } });
    expect([answer.status, bad.calls - before]).toEqual([200, 2]);
    bad.behave = (stream) => stream.close(7);
    const refused = await fetch(`${there.base}/orders/7`, { headers: { 'x-api-key': there.secret } });
    expect(refused.status).toBe(502);
  });

  it('goes on with a new connection after a farewell', async () => {
    bad.behave = (stream) => {
      respond(stream, EMPTY, OK);
      stream.session?.goaway(0);
    };
    for (let n = 0; n < 3; n++) {
      const answer = await fetch(`${there.base}/orders/7`, { headers: { 'x-api-key': there.secret } });
      expect(answer.status).toBe(200);
    }
  });
});

describe('where the service is', () => {
  it('another target answers when the first cannot be reached', async () => {
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(0, 'localhost', resolve));
    const { port } = dead.address() as AddressInfo;
    await new Promise((resolve) => dead.close(resolve));
    const there = await publish(`http://localhost:${port}`, { targets: [{ url: server.url }] });
    for (let n = 0; n < 4; n++) {
      const answer = await fetch(`${there.base}/orders/7`, { headers: { 'x-api-key': there.secret } });
      expect(answer.status).toBe(200);
    }
  });

  it('is told from one that does not speak HTTP/2, and from one that may not be called', async () => {
    const plain = await publish(world.url.replace(/\d+$/, '1'));
    const unreachable = await fetch(`${plain.base}/orders/7`, { headers: { 'x-api-key': plain.secret } });
    expect(await unreachable.json()).toMatchObject({ code: 'upstream_unreachable' });
    const forbidden = await publish('http://169.254.169.254');
    const refused = await fetch(`${forbidden.base}/orders/7`, { headers: { 'x-api-key': forbidden.secret } });
    expect(await refused.json()).toMatchObject({ code: 'upstream_forbidden_address' });
  });
});
