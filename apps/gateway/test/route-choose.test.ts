import { EXPLAIN_PATH, type ExplainReply, INTERNAL_HEADER } from '@parley/contracts/explain';
import type { RouteSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const SECRET = 'r'.repeat(32);
let world: World;
let backend: UpstreamServer;
let base: string;
let slug: string;
let gold: ReturnType<typeof apiKey>;
let plain: ReturnType<typeof apiKey>;
let strange: ReturnType<typeof apiKey>;
let goldId: string;
const routeIds: Record<string, string> = {};

beforeAll(async () => {
  world = await openWorld({ internalSecret: SECRET });
  backend = await startUpstream((received, response) => sendJson(response, 200, received.url));
  slug = `choose-${newId().slice(-8)}`;
  const pub = publisher(slug);
  const target = upstream(pub, backend.url);
  const route = (
    name: string,
    [method, path]: [RouteSnapshot['method'], string],
    match?: object[],
    policies?: Record<string, unknown>,
  ): RouteSnapshot => {
    const id = newId();
    routeIds[name] = id;
    return {
      id,
      method,
      path,
      upstreamId: target.id,
      upstreamPath: `/${name}`,
      ...(match ? { match: match as Record<string, unknown>[] } : {}),
      ...(policies ? { policies } : {}),
    };
  };
  const rest = api(pub, 'rest', {
    kind: 'rest',
    routes: [
      route('big', ['POST', '/orders'], [{ when: 'request.body.items.exists(i, i.amount > 1000)' }]),
      route('express', ['POST', '/orders'], [{ in: 'body', name: '/shipping/kind', value: 'express' }]),
      route('preview', ['POST', '/orders'], [{ in: 'header', name: 'x-preview', test: 'exists' }]),
      route('plain', ['POST', '/orders']),
      route(
        'scoped',
        ['GET', '/reports/{id}'],
        [{ when: '"reports:read" in caller.scopes && request.params.id != "0"' }],
      ),
      route('planned', ['GET', '/reports/{id}'], [{ when: 'plan == "gold" || caller.application == "nobody"' }]),
      route('head', ['GET', '/heads'], [{ when: 'request.query.v == "2" && request.headers["x-A"] == "1"' }]),
      route('heads', ['GET', '/heads']),
      route('only-body', ['PUT', '/things'], [{ in: 'body', name: '/a', test: 'exists' }]),
      route('denied', ['POST', '/own'], [{ in: 'body', name: '/a', test: 'exists' }], {
        callers: { methods: [{ kind: 'basic' }] },
      }),
      route('ours', ['POST', '/own']),
      route('signed', ['POST', '/hooks'], [{ in: 'body', name: '/a', test: 'exists' }], {
        inbound: { sender: { scheme: 'github' }, application: 'hooks' },
      }),
      route('unsigned', ['POST', '/hooks']),
      route('broken', ['GET', '/broken'], [{ when: 'request.nothing == 1' }]),
      route('newer', ['GET', '/newer'], [{ when: 'plan == "x"', else: 'y' }]),
    ],
  });
  gold = apiKey({ scopes: ['reports:read'] });
  plain = apiKey();
  strange = apiKey();
  base = `${world.url}/${slug}/rest/v1`;
  await publishTenant(world.redis, pub.doc);
  const callers = [gold, plain].map((key) => application([subscription(pub, rest)], [key.entry]));
  goldId = callers[0]?.applicationId ?? '';
  for (const one of [...callers, application([], [strange.entry])]) await publishApplication(world.redis, one);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

interface Sent {
  readonly method?: string;
  readonly body?: string | Uint8Array | ReadableStream;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}
const call = (
  path: string,
  { method = 'POST', body, key = plain.secret, headers = {} }: Sent = {},
): Promise<Response> =>
  fetch(`${base}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { 'x-api-key': key }), ...headers },
    ...(body === undefined ? {} : { body, duplex: 'half' }),
  });
const json = (value: unknown): string => JSON.stringify(value);

describe('routes chosen by a body', () => {
  it.each<[string, unknown, Record<string, string>, string]>([
    ['an expression', { items: [{ amount: 1 }, { amount: 2000 }] }, {}, 'big'],
    ['a field', { shipping: { kind: 'express' }, items: [] }, {}, 'express'],
    ['the head after both', { items: [] }, { 'x-preview': '' }, 'preview'],
    ['nothing that holds', { items: 'none' }, {}, 'plain'],
    ['no object', 7, {}, 'plain'],
    ['another type than JSON', { shipping: { kind: 'express' } }, { 'content-type': 'text/plain' }, 'plain'],
    ['a compressed body', { shipping: { kind: 'express' } }, { 'content-encoding': 'x-none' }, 'plain'],
  ])('%s decides', async (_, body, headers, name) => {
    const answer = await call('/orders', { body: json(body), headers });
    expect(await answer.text()).toBe(`/${name}`);
    expect(backend.received.at(-1)?.body.toString()).toBe(json(body));
    expect((await world.event(answer.headers.get('x-request-id'))).routeId).toBe(routeIds[name]);
  });

  it('what is no JSON, and no body at all, leave the route without conditions', async () => {
    for (const body of ['{"shipping":', '', undefined]) {
      const answer = await call('/orders', body === undefined ? {} : { body });
      expect(await answer.text(), body).toBe('/plain');
    }
    expect((await call('/things', { method: 'PUT', body: json({ b: 1 }) })).status).toBe(404);
    expect(await (await call('/things', { method: 'PUT', body: json({ a: null }) })).text()).toBe('/only-body');
    const wrong = await call('/things', { method: 'POST', body: json({ a: 1 }) });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'PUT']);
    expect((await call('/things', { method: 'POST' })).status).toBe(404);
  });

  it('a body too large to be asked is refused, sent in chunks as well: padding must not choose another route', async () => {
    const large = json({ shipping: { kind: 'express' }, pad: 'x'.repeat(70_000) });
    const before = backend.received.length;
    const chunked = new Blob([large]).stream();
    for (const body of [large, chunked]) {
      const answer = await call('/orders', { body });
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({ code: 'body_too_large' });
    }
    expect(backend.received.length).toBe(before);
    const small = new Blob([json({ shipping: { kind: 'express' } })]).stream();
    expect(await (await call('/orders', { body: small })).text()).toBe('/express');
  });

  it('nobody unknown or without subscription learns anything of the address, or has their body read', async () => {
    const unread = new ReadableStream({ start: (flow) => flow.enqueue(new TextEncoder().encode('{"a":')) });
    const answers = await Promise.all([
      call('/orders', { key: '', body: unread }),
      call('/no-such-path', { key: '', body: json({}) }),
      call('/orders', { key: strange.secret, body: json({}) }),
      call('/no-such-path', { key: strange.secret, body: json({}) }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 403]);
    const [first, second, third, fourth] = await Promise.all(
      answers.map(async (answer) => ({ ...((await answer.json()) as object), instance: '', requestId: '' })),
    );
    expect(first).toEqual(second);
    expect(third).toEqual(fourth);
  });

  it('a route that knows callers its own way is not reached by others', async () => {
    expect((await call('/own', { body: json({ a: 1 }) })).status).toBe(401);
    expect(await (await call('/own', { body: json({ b: 1 }) })).text()).toBe('/ours');
    const basic = { authorization: `Basic ${btoa(`${plain.entry.id}:${plain.secret}`)}` };
    expect(await (await call('/own', { body: json({ a: 1 }), headers: basic })).text()).toBe('/denied');
  });

  it('a route for signed webhooks is not reached by an API key alone', async () => {
    const before = backend.received.length;
    expect((await call('/hooks', { body: json({ a: 1 }) })).status).toBeGreaterThanOrEqual(400);
    expect(backend.received.length).toBe(before);
    expect(await (await call('/hooks', { body: json({ b: 1 }) })).text()).toBe('/unsigned');
  });

  it('survives hostile bodies', async () => {
    const bodies = [
      `${'['.repeat(30_000)}`,
      `{"items":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      '{"__proto__":1}',
      '\u0000',
      json({ items: new Array(12_000).fill(0) }),
    ];
    for (const body of bodies) expect(await (await call('/orders', { body })).text(), body.slice(0, 20)).toBe('/plain');
    expect(await (await call('/orders', { body: new Uint8Array([0x7b, 0xff, 0x7d]) })).text()).toBe('/plain');
  });
});

describe('routes chosen by an expression', () => {
  it('about the caller, their scopes and plan', async () => {
    const get = async (path: string, key: string): Promise<unknown> => {
      const answer = await call(path, { method: 'GET', key });
      return answer.status === 200 ? answer.text() : answer.status;
    };
    expect(await get('/reports/7', gold.secret)).toBe('/scoped');
    expect(await get('/reports/0', gold.secret)).toBe(404);
    expect(await get('/reports/7', plain.secret)).toBe(404);
  });

  it('about the head alone are asked before the caller is known, and cost no second search', async () => {
    const get = async (query: string, headers = {}): Promise<unknown> =>
      (await (await call(`/heads${query}`, { method: 'GET', headers })).text()).split('?')[0];
    expect(await get('?v=2', { 'x-a': '1' })).toBe('/head');
    expect(await get('?v=2')).toBe('/heads');
    expect(await get('?v=1&v=2', { 'x-a': '1' })).toBe('/heads');
    expect((await call('/heads?v=2', { method: 'GET', key: '' })).status).toBe(401);
  });

  it('that this release cannot compile refuse their calls', async () => {
    for (const path of ['/broken', '/newer']) {
      const answer = await call(path, { method: 'GET' });
      expect(answer.status, path).toBe(503);
      expect(await answer.json()).toMatchObject({ code: 'policy_unsupported' });
    }
  });
});

describe('a dry run', () => {
  async function ask(method: string, path: string, body = ''): Promise<ExplainReply> {
    const headers = [{ name: 'content-type', value: 'application/json' }];
    const asked = json({
      method,
      path: `/${slug}/rest/v1${path}`,
      headers,
      address: '192.0.2.7',
      body,
      applicationId: goldId,
    });
    const answer = await fetch(world.url + EXPLAIN_PATH, {
      method: 'POST',
      headers: { [INTERNAL_HEADER]: signInternalCall(SECRET, EXPLAIN_PATH, asked, Date.now()) },
      body: asked,
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as ExplainReply;
  }

  it('says which condition held, and which did not and why', async () => {
    const reply = await ask('POST', '/orders', json({ shipping: { kind: 'express' } }));
    expect(reply.refusal).toBeNull();
    expect(reply.steps.map(({ step, outcome }) => `${step} ${outcome}`).slice(0, 4)).toEqual([
      'route passes',
      'caller passes',
      'subscription passes',
      'route passes',
    ]);
    expect(reply.steps[0]?.sentence).toContain('once the caller is known');
    expect(reply.steps[3]?.sentence).toBe('The route POST /orders takes it.');
    expect(reply.steps[3]?.notes).toEqual([
      'Route 1, POST /orders: request.body.items.exists(i, i.amount > 1000): does not hold, as it has no value here. There is no “items”.',
      'Route 2, POST /orders: body /shipping/kind is “express”: holds.',
    ]);
    expect(reply.steps.find(({ step }) => step === 'upstream')?.sentence).toContain('POST /express');
  });

  it('tells of routes whose conditions do not hold', async () => {
    const reply = await ask('PUT', '/things', json({ b: 1 }));
    expect(reply.refusal?.code).toBe('route_not_found');
    const last = reply.steps.findLast(({ step }) => step === 'route');
    expect(last?.outcome).toBe('refuses');
    expect(last?.notes[0]).toBe('PUT /things (with conditions): path and method fit, but its conditions do not hold.');
    expect((await ask('GET', '/heads?v=2')).steps[0]?.notes[0]).toContain('There is no “x-A”.');
  });
});
