import { gzipSync } from 'node:zlib';
import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let base: string;
let secret: string;

type Transform = NonNullable<PoliciesInput['transform']>;
const answers = (...responses: NonNullable<Transform['responses']>): Transform => ({ responses });
const mapped = (map: string, more: object = {}): Transform => ({ request: { body: { map, ...more } } });

const TRANSFORMS: Readonly<Record<string, Transform>> = {
  headers: {
    request: {
      headers: {
        rename: { 'x-old': 'x-new' },
        remove: ['x-gone'],
        set: {
          'x-who': '{caller.application} on {plan}',
          'x-path': '{{{request.params.id}}}',
          'x-text': '{request.query.text}',
          'x-empty': '{request.headers.x-none}',
          'x-secret': '{request.headers.x-api-key}{request.headers.authorization}',
        },
        append: { 'x-list': 'b' },
      },
      query: { rename: { q: 'search' }, remove: ['debug'], set: { lang: '{request.headers.accept-language}' } },
    },
  },
  body: mapped('{"orderId": id, "lines": items.{"sku": sku, "count": $number(n)}, "from": $caller.application}'),
  say: mapped('count > 0 ? $ : $error("count has to be above zero")'),
  loop: mapped('($f := function($x){$f($x)}; $f(1))'),
  huge: mapped('[1..1000000000]'),
  big: mapped('$map([1..2000], function($i){ "0123456789" })', { maxKb: 1 }),
  stamp: mapped('{"at": $millis(), "r": $random()}'),
  soap: mapped('', { from: 'json', to: 'xml' }),
  feed: mapped('', { from: 'xml', to: 'json' }),
  loose: mapped('{"x": 1}', { otherTypes: 'pass' }),
  json: answers(
    {
      statuses: ['200'],
      headers: { set: { 'x-was': '{response.headers.content-type}' } },
      body: { from: 'xml', to: 'json', arrays: ['item'] },
    },
    { statuses: ['404'], status: 200, headers: { set: { 'x-mapped': 'was {response.status}' } } },
    { statuses: ['5xx'], body: { map: '{"error": message}', otherTypes: 'pass' } },
  ),
  tidy: answers({
    statuses: ['2xx'],
    when: 'response.headers["x-kind"] == "list" && !("raw" in request.query)',
    headers: { remove: ['x-internal'], rename: { 'x-a': 'x-b' }, append: { 'x-a2': 'z' } },
    body: { map: '{"data": $, "count": $count($), "by": $caller.application}' },
  }),
  any: answers({ body: { map: '$' } }),
  small: answers({ body: { map: '$', maxKb: 1 } }),
};

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, {}));
  const pub = publisher(`forms-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url, { slug: 'shop' });
  const routes = Object.entries(TRANSFORMS).map(([name, transform]) => ({
    id: newId(),
    method: '*' as const,
    path: `/${name}/{id}`,
    upstreamId: target.id,
    upstreamPath: '/at/{id}',
    policies: { transform, ...(name === 'stamp' ? { idempotency: {} } : {}) } as PoliciesInput,
  }));
  const cached = {
    ...routes[0],
    id: newId(),
    path: '/cached/{id}',
    policies: { transform: TRANSFORMS['tidy'], cache: { defaultTtlSeconds: 60, shared: true } } as PoliciesInput,
  };
  const rest = api(pub, 'rest', { kind: 'rest', routes: [...routes, cached as (typeof routes)[number]] as never });
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/rest/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, { ...application([subscription(pub, rest)], [key.entry]), slug: 'till' });
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave((_, response) => sendJson(response, 200, { ok: true }));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const call = (path: string, headers: Record<string, string> = {}, body?: string | Buffer): Promise<Response> =>
  fetch(`${base}${path}`, {
    headers: { 'x-api-key': secret, ...headers },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  call(
    path,
    { 'content-type': 'application/json', ...headers },
    typeof body === 'string' ? body : JSON.stringify(body),
  );
const reply = (status: number, headers: Record<string, string>, body: string | Buffer): void =>
  backend.behave((_, response) => {
    response.writeHead(status, headers);
    response.end(body);
  });

describe('requests', () => {
  it('renames, removes, sets and appends headers, and changes the query', async () => {
    await call('/headers/a%20b?q=1%2B1&debug=1&debug=2&keep=%20x&text=%0d%0aX-Evil:%201%20caf%C3%A9%E2%82%AC', {
      'x-old': 'o',
      'x-gone': 'g',
      'x-list': 'a',
      'x-empty': 'mine',
      'accept-language': 'de, en',
    });
    const [received] = backend.received;
    expect(received?.headers).toMatchObject({
      'x-new': 'o',
      'x-who': 'till on standard',
      'x-path': '{a b}',
      'x-list': 'a, b',
      // Neither a line of its own nor bytes that no header has.
      'x-text': '%0D%0AX-Evil: 1 caf\u00e9%E2%82%AC',
    });
    for (const name of ['x-old', 'x-gone', 'x-empty', 'x-secret', 'x-evil']) {
      expect(received?.headers[name], name).toBeUndefined();
    }
    expect(received?.url.split('?')[1]).toBe(
      'search=1%2B1&keep=%20x&text=%0d%0aX-Evil:%201%20caf%C3%A9%E2%82%AC&lang=de%2C%20en',
    );
  });

  it('maps bodies, with the length and type they then have', async () => {
    const answer = await post('/body/1', { id: 7, items: [{ sku: 'a', n: '2' }], extra: true });
    expect(answer.status).toBe(200);
    const [received] = backend.received;
    expect(JSON.parse(String(received?.body))).toEqual({
      orderId: 7,
      lines: { sku: 'a', count: 2 },
      from: 'till',
    });
    expect(received?.headers['content-length']).toBe(String(received?.body.length));
    expect(received?.headers['content-type']).toBe('application/json');
  });

  it('lets calls without a body pass, and writes XML', async () => {
    expect((await call('/body/1')).status).toBe(200);
    await post('/soap/1', { order: { '@id': '7', item: ['a', 'b<'] } });
    expect(String(backend.received[1]?.body)).toContain('<order id="7"><item>a</item><item>b&lt;</item></order>');
    expect(backend.received[1]?.headers['content-type']).toBe('application/xml');
  });

  it.each([
    ['/body/1', '{"id":', 400, 'malformed_json'],
    ['/say/1', '{"count":0}', 422, 'request_unmappable'],
    ['/loop/1', '{}', 422, 'request_unmappable'],
    ['/huge/1', '{}', 422, 'request_unmappable'],
    ['/big/1', '{}', 422, 'request_unmappable'],
    ['/big/1', JSON.stringify({ text: 'x'.repeat(2000) }), 413, 'body_too_large'],
    ['/soap/1', '{"a":1,"b":2}', 422, 'request_unmappable'],
    ['/soap/1', '{"a b":1}', 422, 'request_unmappable'],
    ['/soap/1', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`, 422, 'request_unmappable'],
  ])('refuses at %s a body %#', async (path, body, status, code) => {
    const answer = await post(path, body);
    expect(await answer.json()).toMatchObject({ status, code });
    expect(backend.received).toHaveLength(0);
  });

  it('reads XML, and none with a document type', async () => {
    const xml = { 'content-type': 'text/xml' };
    expect((await post('/feed/1', '<a><b>1</b></a>', xml)).status).toBe(200);
    expect(String(backend.received[0]?.body)).toBe('{"a":{"b":"1"}}');
    const hostile = '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]><a>&x;</a>';
    expect(await (await post('/feed/1', hostile, xml)).json()).toMatchObject({ status: 400, code: 'malformed_xml' });
  });

  it('tells callers what an expression says to them', async () => {
    const { errors } = (await (await post('/say/1', { count: 0 })).json()) as { errors: unknown };
    expect(errors).toEqual([{ pointer: '/body', message: 'count has to be above zero' }]);
  });

  it('refuses other types, unless they may pass', async () => {
    expect((await call('/body/1', { 'content-type': 'text/plain' }, 'x')).status).toBe(415);
    const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await call('/body/1', packed, gzipSync('{}'))).status).toBe(415);
    expect((await call('/loose/1', { 'content-type': 'text/plain' }, 'x')).status).toBe(200);
    expect(String(backend.received[0]?.body)).toBe('x');
  });

  it('keeps __proto__ and constructor for names like any others', async () => {
    await post('/body/1', '{"id":{"__proto__":{"x":1},"constructor":2},"items":[]}');
    expect(String(backend.received[0]?.body)).toBe('{"orderId":{"__proto__":{"x":1},"constructor":2},"from":"till"}');
  });

  it('knows repeats by what was sent, whatever the expression makes of it', async () => {
    const key = { 'idempotency-key': newId() };
    expect((await post('/stamp/1', { a: 1 }, key)).status).toBe(200);
    const repeat = await post('/stamp/1', { a: 1 }, key);
    expect(repeat.status).toBe(200);
    expect(backend.received).toHaveLength(1);
    expect((await post('/stamp/1', { a: 2 }, key)).status).toBe(422);
  });
});

describe('answers', () => {
  it('turns XML into JSON, and asks for it uncompressed', async () => {
    reply(
      200,
      { 'content-type': 'text/xml; charset=iso-8859-1', etag: '"v1"' },
      Buffer.from('<a><item>caf\xe9</item></a>', 'latin1'),
    );
    const answer = await call('/json/1', { 'accept-encoding': 'gzip' });
    expect(await answer.json()).toEqual({ a: { item: ['café'] } });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-was')).toBe('text/xml; charset=iso-8859-1');
    expect(backend.received[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('marks tags as those of the mapping, and asks the upstream with its own again', async () => {
    reply(200, { 'content-type': 'text/xml', etag: '"v1"', 'last-modified': 'Tue, 01 Jul 2025 00:00:00 GMT' }, '<a/>');
    const tag = (await call('/json/1')).headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"v1\.s[0-9a-f]{8}"$/);
    backend.behave(({ headers }, response) => {
      response.writeHead(headers['if-none-match'] === '"v1"' ? 304 : 200, { etag: '"v1"', 'content-type': 'text/xml' });
      response.end();
    });
    const again = await call('/json/1', {
      'if-none-match': `"v1", ${tag}`,
      'if-modified-since': 'now',
      range: 'bytes=0-1',
    });
    expect(again.status).toBe(304);
    expect(again.headers.get('etag')).toBe(tag);
    expect(backend.received[1]?.headers).not.toHaveProperty('range');
    expect(backend.received[1]?.headers).not.toHaveProperty('if-modified-since');
    await call('/json/1', { 'if-none-match': '"v1"' });
    expect(backend.received[2]?.headers['if-none-match']).toBeUndefined();
  });

  it('follows the first rule that is for an answer', async () => {
    reply(404, { 'content-type': 'text/html' }, 'gone');
    const lost = await call('/json/1');
    expect([lost.status, lost.headers.get('x-mapped'), await lost.text()]).toEqual([200, 'was 404', 'gone']);
    reply(503, { 'content-type': 'application/json' }, '{"message":"no","stack":"secret"}');
    const failed = await call('/json/1');
    expect([failed.status, await failed.text()]).toEqual([503, '{"error":"no"}']);
    reply(502, { 'content-type': 'text/html' }, '<h1>');
    expect(await (await call('/json/1')).text()).toBe('<h1>');
    reply(201, { 'content-type': 'text/xml' }, '<a/>');
    expect(await (await call('/json/1')).text()).toBe('<a/>');
  });

  it('asks its condition, and changes headers', async () => {
    const headers = { 'content-type': 'application/json', 'x-kind': 'list', 'x-internal': 'i', 'x-a': 'a' };
    reply(200, headers, '[1,2]');
    const answer = await call('/tidy/1');
    expect(await answer.json()).toEqual({ data: [1, 2], count: 2, by: 'till' });
    expect(['x-internal', 'x-a', 'x-b', 'x-a2'].map((name) => answer.headers.get(name))).toEqual([
      null,
      null,
      'a',
      'z',
    ]);
    expect(await (await call('/tidy/1?raw=1')).text()).toBe('[1,2]');
    reply(200, { ...headers, 'x-kind': 'one' }, '{}');
    expect(await (await call('/tidy/1')).text()).toBe('{}');
  });

  it.each([
    ['an attack by entities', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['a billion laughs', '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'],
    ['an unknown entity', '<a>&x;</a>'],
    ['deep XML', '<a>'.repeat(5000)],
    ['half of it', '<a><b></a>'],
    ['nothing like it', '{"json":true}'],
  ])('holds %s back', async (_, body) => {
    reply(200, { 'content-type': 'application/xml' }, body);
    const answer = await call('/json/1');
    expect(await answer.json()).toMatchObject({ status: 502, code: 'answer_unreadable' });
  });

  it('undoes codings that were not asked for, up to what it maps', async () => {
    const gzip = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    reply(200, gzip, gzipSync('{"a":1}'));
    const answer = await call('/any/1');
    expect([answer.headers.get('content-encoding'), await answer.json()]).toEqual([null, { a: 1 }]);
    reply(200, gzip, gzipSync(JSON.stringify('0'.repeat(5_000_000))));
    expect(await (await call('/any/1')).json()).toMatchObject({ code: 'answer_too_large' });
    reply(200, { ...gzip, 'content-encoding': 'gzip, br' }, 'x');
    expect(await (await call('/any/1')).json()).toMatchObject({ code: 'answer_unreadable' });
    reply(200, gzip, 'no gzip');
    expect(await (await call('/any/1')).json()).toMatchObject({ code: 'answer_unreadable' });
  });

  it('refuses streams and other types where the mapping must not be passed by, and what is too large', async () => {
    reply(200, { 'content-type': 'text/event-stream' }, 'data: x\n\n');
    expect(await (await call('/any/1')).json()).toMatchObject({ code: 'answer_unreadable' });
    reply(200, { 'content-type': 'application/json' }, JSON.stringify('x'.repeat(5000)));
    expect(await (await call('/small/1')).json()).toMatchObject({ code: 'answer_too_large' });
  });

  it('says the right head to HEAD and of empty answers', async () => {
    reply(200, { 'content-type': 'text/xml', 'content-length': '4' }, '');
    const head = await fetch(`${base}/json/1`, { method: 'HEAD', headers: { 'x-api-key': secret } });
    expect([head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([null, 'application/json']);
    reply(204, {}, '');
    expect((await call('/any/1')).status).toBe(204);
    reply(200, { 'content-length': '0' }, '');
    expect(await (await call('/any/1')).text()).toBe('');
  });

  it('maps what the cache kept anew for each caller', async () => {
    reply(200, { 'content-type': 'application/json', 'x-kind': 'list', 'cache-control': 'max-age=60' }, '[1]');
    for (let at = 0; at < 2; at++) {
      expect(await (await call('/cached/1')).json()).toEqual({ data: [1], count: 1, by: 'till' });
    }
    expect(backend.received).toHaveLength(1);
  });
});
