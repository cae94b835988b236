import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { createMetrics } from '@parley/telemetry/metrics';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startMetrics } from '../src/observe/metrics-observer.ts';
import { OtelObserver } from '../src/observe/otel-observer.ts';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

interface Attribute {
  readonly key: string;
  readonly value: Record<string, unknown>;
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status?: { readonly code: number };
}

let collector: Server;
let world: World;
let backend: UpstreamServer;
let metricsUrl: string;
let status = 200;
const received: { path: string; token: string; body: Record<string, unknown> }[] = [];

beforeAll(async () => {
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      if (status === 200) received.push({ path: request.url ?? '', token: String(request.headers['x-token']), body });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const options = {
    endpoint,
    headers: { 'x-token': 't' },
    serviceName: 'gw',
    share: 1,
    node: 'n1',
    log: noopLogger,
    everyMs: 50,
  };
  const metrics = await startMetrics(createMetrics(), { host: '127.0.0.1', port: 0 });
  metricsUrl = `http://127.0.0.1:${metrics.port}`;
  world = await openWorld({ observers: [new OtelObserver(options), metrics.observer] });
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
});
beforeEach(() => {
  status = 200;
  backend.received.length = 0;
  backend.behave((asked, response) => {
    const { stream } = JSON.parse(asked.body.toString() || '{}') as { stream?: boolean };
    if (stream) sendStream(response, streamEvents(['a', 'b']));
    else sendJson(response, 200, completion('An answer'));
  });
});
afterAll(async () => {
  await world.close();
  await backend.close();
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

async function lab() {
  const owner = publisher(`lab-${newId().slice(-8)}`);
  model(owner, provider(owner, `${backend.url}/v1`).id, 'fast');
  const llm = api(owner, 'models', { kind: 'llm', models: ['fast'] });
  const rest = restApi(owner, 'shop', upstream(owner, backend.url).id);
  const key = apiKey();
  await publishTenant(world.redis, owner.doc);
  await publishApplication(
    world.redis,
    application([subscription(owner, llm), subscription(owner, rest)], [key.entry]),
  );
  const headers = { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' };
  const chat = (body: object, more: Record<string, string> = {}): Promise<Response> =>
    fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { ...headers, ...more },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'A secret question' }], ...body }),
    });
  const get = (more: Record<string, string> = {}): Promise<Response> =>
    fetch(`${world.url}/${owner.doc.slug}/shop/v1/orders`, { headers: { ...headers, ...more } });
  return { owner, chat, get };
}

const spans = (): Span[] =>
  received
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(
      ({ body }) =>
        (body as { resourceSpans: [{ scopeSpans: [{ spans: Span[] }] }] }).resourceSpans[0].scopeSpans[0].spans,
    );
const facts = ({ attributes }: Span): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
async function spansOf(answer: Response): Promise<Span[]> {
  await answer.text();
  const id = answer.headers.get('x-request-id');
  const own = await waitFor(`the span of ${id}`, () => spans().find((span) => facts(span)['parley.request_id'] === id));
  return [own, ...spans().filter(({ parentSpanId }) => parentSpanId === own.spanId)];
}

it('sends a call to a model as a server’s span and a client’s, in the names of the GenAI conventions', async () => {
  const { chat, owner } = await lab();
  const [own, asked] = await spansOf(await chat({ stream: true }, { 'x-session-id': 's-1' }));
  expect(own).toMatchObject({
    kind: 2,
    name: 'POST /v1/chat/completions',
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(own?.parentSpanId).toBeUndefined();
  expect(facts(own as Span)).toMatchObject({
    'http.response.status_code': '200',
    'parley.tenant_id': owner.doc.tenantId,
    'session.id': 's-1',
  });
  expect(asked).toMatchObject({ kind: 3, name: 'chat fast', traceId: own?.traceId });
  expect(facts(asked as Span)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'fast',
    'gen_ai.usage.input_tokens': '20',
    'gen_ai.usage.output_tokens': '10',
    'gen_ai.response.finish_reasons': { values: [{ stringValue: 'stop' }] },
    'gen_ai.conversation.id': 's-1',
  });
  const [from, to] = [BigInt(own?.startTimeUnixNano ?? 0), BigInt(own?.endTimeUnixNano ?? 0)];
  expect(to > from && to - from < 60_000_000_000n).toBe(true);
  expect(BigInt(asked?.startTimeUnixNano ?? 0) >= from).toBe(true);
  expect(received.every(({ token }) => token === 't')).toBe(true);
  expect(JSON.stringify(received)).not.toContain('secret');
});

it('goes on with its caller’s trace, tells a REST upstream its place in it, and a provider of models nothing', async () => {
  const { chat, get } = await lab();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const [own, asked] = await spansOf(await get({ traceparent }));
  expect(own).toMatchObject({ traceId: '0af7651916cd43dd8448eb211c80319c', parentSpanId: 'b7ad6b7169203331' });
  expect(backend.received.at(-1)?.headers['traceparent']).toBe(`00-${own?.traceId}-${asked?.spanId}-01`);
  await spansOf(await chat({}, { traceparent }));
  expect(backend.received.at(-1)?.headers['traceparent']).toBeUndefined();
  const before = spans().length;
  const unsampled = traceparent.replace(/01$/, '00');
  await (await get({ traceparent: unsampled })).text();
  expect(backend.received.at(-1)?.headers['traceparent']).toBe(unsampled);
  await spansOf(await get({ traceparent: 'nonsense' }));
  expect(spans().filter(({ traceId }) => traceId === own?.traceId)).toHaveLength(4);
  expect(spans().length).toBe(before + 2);
});

it('names what went wrong', async () => {
  const { chat } = await lab();
  backend.behave((_asked, response) => sendJson(response, 500, { error: { message: 'broken', type: 'server_error' } }));
  const [own, asked] = await spansOf(await chat({}));
  expect(own?.status).toEqual({ code: 2 });
  expect(facts(own as Span)['error.type']).toMatch(/^upstream/);
  expect(asked?.status).toEqual({ code: 2 });
  expect(facts(asked as Span)['error.type']).toBeTruthy();
});

it('sends the metrics of the GenAI conventions, and serves Prometheus’ text with few labels', async () => {
  const { chat } = await lab();
  await spansOf(await chat({ stream: true }));
  const names = await waitFor('the metrics', () => {
    const found = new Set(
      received
        .filter(({ path }) => path === '/v1/metrics')
        .flatMap(({ body }) =>
          (
            body as { resourceMetrics: [{ scopeMetrics: [{ metrics: { name: string }[] }] }] }
          ).resourceMetrics[0].scopeMetrics[0].metrics.map(({ name }) => name),
        ),
    );
    return found.size === 3 ? found : null;
  });
  expect([...names].sort()).toEqual([
    'gen_ai.client.operation.duration',
    'gen_ai.client.token.usage',
    'gen_ai.server.time_to_first_token',
  ]);
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  expect(text).toMatch(/parley_calls_total\{kind="chat",error="none"\} [1-9]/);
  expect(text).toMatch(/parley_first_token_seconds_count\{kind="chat"\} [1-9]/);
  expect(text).toMatch(/parley_tokens_total\{class="output"\} [1-9]/);
  expect((await fetch(`${metricsUrl}/`)).status).toBe(404);
});

it('holds no call up while the collector is away', async () => {
  const { chat } = await lab();
  status = 503;
  const answer = await chat({});
  expect(answer.status).toBe(200);
  await answer.text();
  status = 200;
  await spansOf(await chat({}));
});
