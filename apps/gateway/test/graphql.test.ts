import { EXPLAIN_PATH, type ExplainReply, INTERNAL_HEADER } from '@parley/contracts/explain';
import type { PoliciesInput } from '@parley/contracts/policies';
import { type GraphqlPolicy, graphqlPolicy } from '@parley/contracts/policies/graphql';
import { compileGraphql } from '@parley/domain/graphql/compile';
import { fixedClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, UPSTREAM_SECRET, upstream } from './documents.ts';
import { graphqlBehaviour, SDL } from './graphql-service.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const INTERNAL = 'i'.repeat(32);
const clock = fixedClock(Date.now());
let world: World;
let service: UpstreamServer;
let base: string;
let secret: string;

beforeAll(async () => {
  world = await openWorld({ clock, internalSecret: INTERNAL });
  service = await startUpstream(graphqlBehaviour);
  const pub = publisher(`graph-${newId().slice(-8)}`);
  const target = upstream(pub, `${service.url}/api`);
  const made = (method: 'GET' | 'POST', path: string, given: Partial<GraphqlPolicy>, more: PoliciesInput = {}) => {
    const policy = graphqlPolicy.parse({ ...given, schema: SDL });
    const compiled = compileGraphql(policy, { method, path });
    if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled));
    const { document: _, schema: __, ...left } = policy;
    return {
      id: newId(),
      method,
      path,
      upstreamId: target.id,
      upstreamPath: '/graphql',
      plan: compiled.plan,
      policies: { ...more, graphql: left },
    };
  };
  const one = 'query One($id: ID!) { product(id: $id) { id name price } }';
  const byId = [{ name: 'id', from: 'path' as const }];
  const many =
    'query Many($n: Int = 2, $s: [Status!], $c: String) { products(first: $n, status: $s, country: $c) { name } }';
  const list = [
    { name: 'n', from: 'query' as const, at: 'limit' },
    { name: 's', from: 'query' as const, at: 'status' },
    { name: 'c', from: 'header' as const, at: 'X-Country' },
  ];
  const fails = 'query F($c: String!) { fails(code: $c) { id } }';
  const shop = api(
    pub,
    'shop',
    {
      kind: 'rest',
      routes: [
        made('GET', '/products/{id}', { document: one, variables: byId, result: '/product' }),
        made('GET', '/whole/{id}', { document: one, variables: byId, partial: 'refuse' }),
        made('GET', '/maybe/{id}', { document: one, variables: byId, result: '/product', whenNull: 'answer' }),
        made('GET', '/stock/{id}', {
          document: 'query S($id: ID!) { product(id: $id) { stock } }',
          variables: byId,
          result: '/product',
        }),
        made('GET', '/products', { document: many, variables: list, result: '/products' }),
        made(
          'GET',
          '/kept',
          { document: many, variables: list, result: '/products' },
          { cache: { defaultTtlSeconds: 60 } },
        ),
        made(
          'GET',
          '/renewed',
          { document: many, variables: list, result: '/products' },
          { cache: { defaultTtlSeconds: 0, staleWhileRevalidateSeconds: 60 } },
        ),
        made(
          'GET',
          '/kept/{id}',
          { document: one, variables: byId, result: '/product' },
          { cache: { defaultTtlSeconds: 60 } },
        ),
        made('GET', '/fails/{c}', {
          document: fails,
          variables: [{ name: 'c', from: 'path' }],
          statuses: { GONE: 410 },
        }),
        made('GET', '/small', { document: many, variables: list, maxAnswerKb: 1 }),
        made('POST', '/echo', {
          document: 'query E($t: String!) { echo(text: $t) }',
          variables: [{ name: 't', from: 'body', at: '/text' }],
          result: '/echo',
        }),
        made('POST', '/products', {
          document: 'mutation A($input: NewProduct!) { addProduct(input: $input) { id name } }',
          variables: [{ name: 'input', from: 'body', at: '' }],
          result: '/addProduct',
        }),
        {
          id: newId(),
          method: 'GET',
          path: '/planless',
          upstreamId: target.id,
          upstreamPath: null,
          policies: { graphql: {} },
        },
      ],
    },
    [{ requests: 1000, windowSeconds: 3600 }],
  );
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/shop/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, shop)], [key.entry]));
});
beforeEach(() => {
  service.received.length = 0;
  service.behave(graphqlBehaviour);
});
afterAll(async () => {
  await world.close();
  await service.close();
});

const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(base + path, { ...init, headers: { 'x-api-key': secret, ...(init.headers as Record<string, string>) } });
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const sent = (): { query: string; variables: Record<string, unknown> } =>
  JSON.parse(service.received.at(-1)?.body.toString() ?? '{}');
async function problemOf(
  answer: Response,
): Promise<{ status: number; code: string; title: string; pointers: string[] }> {
  const {
    code,
    title,
    errors = [],
  } = (await answer.json()) as { code: string; title: string; errors?: { pointer: string }[] };
  return { status: answer.status, code, title, pointers: errors.map(({ pointer }) => pointer) };
}

describe('a query as an endpoint', () => {
  it('sends the written document with the caller’s values as variables, and answers a part of its data', async () => {
    const answer = await call('/products/a%2Fb?ignored=1', {
      headers: { 'accept-encoding': 'gzip', 'if-none-match': '"x"' },
    });
    expect([answer.status, answer.headers.get('content-type'), await answer.json()]).toEqual([
      200,
      'application/json',
      { id: 'a/b', name: 'Product a/b', price: 9.5 },
    ]);
    expect(service.received[0]).toMatchObject({ method: 'POST', url: '/api/graphql' });
    expect(service.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'x-backend-key': UPSTREAM_SECRET,
    });
    expect(service.received[0]?.headers).not.toHaveProperty('if-none-match');
    expect(service.received[0]?.headers).not.toHaveProperty('x-api-key');
    expect(sent()).toMatchObject({ operationName: 'One', variables: { id: 'a/b' } });
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event).toMatchObject({ status: 200, method: 'GET', code: null });
  });

  it('reads lists, numbers and headers by the declared types, and leaves out what is not given', async () => {
    const answer = await call('/products?limit=1&status=OPEN&status=SOLD', { headers: { 'x-country': 'DE' } });
    expect(await answer.json()).toEqual([{ name: 'DE OPEN SOLD' }]);
    expect(answer.headers.get('vary')).toContain('x-country');
    expect(await (await call('/products')).json()).toHaveLength(2);
    expect(sent().variables).toEqual({});
  });

  it('takes a mutation’s input from the body', async () => {
    const answer = await post('/products', '{"name":"Chair","tags":["a","b"]}');
    expect([answer.status, await answer.json()]).toEqual([200, { id: 'new', name: 'Chair a,b' }]);
  });

  it('gives HEAD the head of the answer', async () => {
    const answer = await call('/products/7', { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, null, '']);
  });
});

describe('input that does not fit', () => {
  it('is refused by field, before anything is sent or counted', async () => {
    const answer = await call('/products?limit=two&status=OPEN&status=GONE');
    const left = Number(answer.headers.get('x-ratelimit-remaining') ?? 'NaN');
    expect(left).toBeNaN();
    expect(await problemOf(answer)).toMatchObject({
      status: 400,
      code: 'invalid_variable',
      pointers: ['/query/limit', '/query/status/1'],
    });
    expect(await problemOf(await post('/products', '{"price":"x","more":1}'))).toMatchObject({
      pointers: ['/body/price', '/body/more', '/body/name'],
    });
    expect(await problemOf(await post('/echo', '{}'))).toMatchObject({ pointers: ['/body/text'] });
    expect(await problemOf(await call('/products/%ff'))).toMatchObject({ status: 400 });
    expect(service.received).toHaveLength(0);
  });

  it('cannot change the document, whatever it holds', async () => {
    const hostile = '"}}, "query": "{ deep }", "x": {"y": "\u2028\ud800 }) { id } }';
    expect(await (await post('/echo', JSON.stringify({ text: hostile }))).json()).toBe(hostile);
    expect(sent().query).toBe('query E($t:String!){echo(text:$t)}');
    await post('/echo', '{"text":"a","__proto__":{"query":"{ deep }"},"query":"{ deep }"}');
    expect(sent()).toEqual({ query: 'query E($t:String!){echo(text:$t)}', operationName: 'E', variables: { t: 'a' } });
  });

  it('of another form is refused as such', async () => {
    expect(await problemOf(await post('/echo', '{"text":'))).toMatchObject({ status: 400, code: 'malformed_json' });
    expect(await problemOf(await post('/echo', '<a/>', { 'content-type': 'text/xml' }))).toMatchObject({ status: 415 });
    const deep = `{"text":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect(await problemOf(await post('/echo', deep))).toMatchObject({
      status: 400,
      code: 'invalid_variable',
      pointers: ['/body'],
    });
    expect(await problemOf(await post('/echo', `{"text":"${'x'.repeat(1_000_001)}"}`))).toMatchObject({ status: 413 });
  });
});

describe('errors of the service', () => {
  it('become statuses by their codes; words are told only of what is about the call', async () => {
    const told = async (code: string) => problemOf(await call(`/fails/${code}`));
    expect(await told('NOT_FOUND')).toMatchObject({
      status: 404,
      code: 'service_fault',
      title: 'It says NOT_FOUND.',
      pointers: ['/fails'],
    });
    expect(await told('BAD_USER_INPUT')).toMatchObject({ status: 400 });
    expect(await told('FORBIDDEN')).toMatchObject({ status: 403 });
    expect(await told('GONE')).toMatchObject({ status: 410 });
    expect(await told('UNAUTHENTICATED')).toMatchObject({ status: 502, code: 'upstream_credentials', pointers: [] });
    expect(await told('constructor')).toMatchObject({ status: 502, code: 'service_fault', pointers: [] });
    const broken = await call('/stock/broken');
    expect(broken.status).toBe(502);
    expect(await broken.text()).not.toContain('SELECT');
  });

  it('beside data are named in a header, or refused by choice', async () => {
    const partial = await call('/products/odd');
    expect([partial.status, partial.headers.get('x-parley-partial'), partial.headers.get('cache-control')]).toEqual([
      200,
      '/product/price',
      'no-store',
    ]);
    expect(await partial.json()).toMatchObject({ id: 'odd', price: null });
    expect(await problemOf(await call('/whole/odd'))).toMatchObject({ status: 502, code: 'service_fault' });
  });

  it('where there is nothing: 404, or null by choice', async () => {
    expect(await problemOf(await call('/products/none'))).toMatchObject({ status: 404, code: 'service_fault' });
    expect(await (await call('/maybe/none')).json()).toBeNull();
  });

  it.each<[string, number, string, string, string]>([
    ['HTML', 200, 'text/html', '<html>', 'answer_unreadable'],
    ['broken JSON', 200, 'application/json', '{"data":', 'answer_unreadable'],
    ['JSON of another form', 200, 'application/json', '[1]', 'answer_unreadable'],
    ['nothing', 200, 'application/json', '{"data":null}', 'answer_unreadable'],
    ['a refused credential', 401, 'text/plain', 'no', 'upstream_credentials'],
    ['too many calls', 429, 'text/plain', 'no', 'upstream_rate_limited'],
    ['a crash', 500, 'text/html', '<h1>stack</h1>', 'upstream_invalid'],
    [
      'nested without end',
      200,
      'application/json',
      `{"data":{"product":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
      'answer_unreadable',
    ],
    ['too much', 200, 'application/json', `{"data":{"product":"${'x'.repeat(1_100_000)}"}}`, 'answer_too_large'],
  ])('an answer of %s is refused in our words', async (_, status, type, text, code) => {
    service.behave((__, response) => sendJson(response, status, text, { 'content-type': type }));
    const problem = await problemOf(await call('/products/7'));
    expect(problem).toMatchObject({ code });
    expect(problem.status).toBeGreaterThanOrEqual(502);
  });

  it('a compressed answer that nobody asked for is refused, a parse error of the service is its publisher’s', async () => {
    service.behave((_, response) => sendJson(response, 200, '{"data":{}}', { 'content-encoding': 'gzip' }));
    expect(await problemOf(await call('/products/7'))).toMatchObject({ code: 'answer_unreadable' });
    service.behave((_, response) =>
      sendJson(
        response,
        400,
        { errors: [{ message: 'Syntax', extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] },
        { 'content-type': 'application/graphql-response+json' },
      ),
    );
    expect(await problemOf(await call('/products/7'))).toMatchObject({
      status: 502,
      code: 'service_fault',
      pointers: [],
    });
  });

  it('keys of an answer that mean something to JavaScript mean nothing here', async () => {
    service.behave((_, response) => sendJson(response, 200, '{"data":{"product":{"__proto__":{"a":1},"id":"7"}}}'));
    expect(await (await call('/products/7')).text()).toBe('{"__proto__":{"a":1},"id":"7"}');
  });
});

describe('the cache', () => {
  it('keeps answers by path, query and the headers that are read', async () => {
    const status = async (path: string, country?: string) =>
      (await call(path, country ? { headers: { 'x-country': country } } : {})).headers.get('cache-status') ?? '';
    expect(await status('/kept?limit=1')).toContain('fwd=uri-miss');
    expect(await status('/kept?limit=1')).toContain('hit');
    expect(await status('/kept?limit=2')).toContain('fwd=uri-miss');
    expect(await status('/kept?limit=1', 'DE')).toContain('fwd=vary-miss');
    expect(await status('/kept?limit=1', 'DE')).toContain('hit');
    expect(service.received).toHaveLength(3);
  });

  it('keeps no errors and no partial answers', async () => {
    for (const id of ['odd', 'odd', 'none', 'none']) await (await call(`/kept/${id}`)).arrayBuffer();
    expect(service.received).toHaveLength(4);
  });

  it('does not let later callers wait for a call that has failed', async () => {
    service.behave((_, response) => sendJson(response, 200, '<html>', { 'content-type': 'text/html' }));
    const started = performance.now();
    const asked = ['/kept?limit=7', '/kept?limit=7', '/kept?limit=7'];
    for (const path of asked) expect((await call(path)).status).toBe(502);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('renews an outdated answer behind the caller', async () => {
    const fresh: typeof graphqlBehaviour = async (received, response) => {
      response.setHeader('date', new Date(clock.nowMs()).toUTCString());
      response.setHeader('cache-control', 'max-age=5, stale-while-revalidate=60');
      await graphqlBehaviour(received, response);
    };
    service.behave(fresh);
    await (await call('/renewed?limit=1')).arrayBuffer();
    for (const renewals of [2, 3]) {
      clock.advance(10_000);
      const stale = await call('/renewed?limit=1');
      expect(stale.headers.get('cache-status')).toContain('stale-while-revalidate');
      await waitFor('the answer to be fetched anew', () => service.received.length === renewals);
      await waitFor('the new answer', async () => {
        const { headers } = await call('/renewed?limit=1');
        return /hit; ttl=\d+$/.test(headers.get('cache-status') ?? '');
      });
    }
  });
});

describe('a dry run', () => {
  async function ask(path: string): Promise<ExplainReply> {
    const headers = [{ name: 'x-api-key', value: secret }];
    const body = JSON.stringify({
      method: 'GET',
      path: new URL(base + path).pathname + new URL(base + path).search,
      headers,
      address: '192.0.2.1',
      applicationId: null,
    });
    const signed = { [INTERNAL_HEADER]: signInternalCall(INTERNAL, EXPLAIN_PATH, body, clock.nowMs()) };
    const response = await fetch(world.url + EXPLAIN_PATH, { method: 'POST', headers: signed, body });
    return (await response.json()) as ExplainReply;
  }

  it('reads the input, and asks nothing of the service', async () => {
    const fine = await ask('/products?limit=1');
    expect(fine.refusal).toBeNull();
    expect(fine.steps.find(({ policy }) => policy === 'graphql')).toMatchObject({ outcome: 'passes' });
    const wrong = await ask('/products?limit=one');
    expect(wrong.refusal).toMatchObject({ status: 400, code: 'invalid_variable' });
    expect(wrong.steps.find(({ policy }) => policy === 'graphql')?.notes.join()).toContain('/query/limit');
    expect(service.received).toHaveLength(0);
  });
});

it('without a plan that this release can read, nothing is served', async () => {
  expect(await problemOf(await call('/planless'))).toMatchObject({ status: 503, code: 'policy_unsupported' });
  expect(service.received).toHaveLength(0);
});
