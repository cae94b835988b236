import type { RouteSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, publisher, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let base: string;
let secret: string;
const routeIds: Record<string, string> = {};

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((received, response) => sendJson(response, 200, received.url));
  const pub = publisher(`match-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  const route = (name: string, path: string, match?: RouteSnapshot['match']): RouteSnapshot => {
    const id = newId();
    routeIds[name] = id;
    return { id, method: 'GET', path, upstreamId: target.id, upstreamPath: `/${name}`, ...(match ? { match } : {}) };
  };
  const plain = { test: 'equals', not: false };
  const routes = [
    route('gold', '/orders/{id}', [{ ...plain, in: 'header', name: 'X-Plan', value: 'gold' }]),
    route('fallback', '/orders/{id}'),
    route('beta', '/orders/{id}', [
      { ...plain, in: 'cookie', name: 'beta', value: '1' },
      { in: 'query', name: 'tag', test: 'regex', value: '^v[0-9]+$', not: false },
    ]),
    route('strange', '/strange', [{ in: 'moon', name: 'phase' }]),
    route('elsewhere', '/strange'),
    route('secret', '/secret', [{ in: 'header', name: 'x-door', test: 'exists', value: '', not: false }]),
  ];
  for (const one of [
    route('kept-gold', '/kept', [{ ...plain, in: 'header', name: 'x-plan', value: 'gold' }]),
    route('kept', '/kept'),
  ]) {
    routes.push({ ...one, policies: { cache: { shared: true, defaultTtlSeconds: 60 } } });
  }
  const rest = api(pub, 'rest', { kind: 'rest', routes });
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}/rest/v1`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, rest)], [key.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const call = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${base}${path}`, { headers: { 'x-api-key': secret, ...headers } });

it('gives a call to the first route whose conditions hold, else to the one without', async () => {
  const expected = [
    ['/orders/1', { 'x-plan': 'gold' }, 'gold'],
    ['/orders/1', { 'x-plan': 'silver' }, 'fallback'],
    ['/orders/1?tag=v2', { cookie: 'a=b; beta="1"' }, 'beta'],
    ['/orders/1?tag=old&tag=v2', { cookie: 'beta=1' }, 'beta'],
    ['/orders/1?tag=%762', { cookie: 'beta=1' }, 'beta'],
    ['/orders/1?tag=v2', {}, 'fallback'],
    ['/orders/1?tag=v', { cookie: 'beta=1' }, 'fallback'],
    ['/orders/1?tag=v2', { cookie: 'beta=1', 'x-plan': 'gold' }, 'gold'],
  ] as const;
  for (const [path, headers, name] of expected) {
    const answer = await call(path, headers);
    expect(await answer.text(), `${path} ${JSON.stringify(headers)}`).toContain(`/${name}`);
    const event = await world.event(answer.headers.get('x-request-id'));
    expect(event.routeId).toBe(routeIds[name]);
  }
});

it('knows nothing of a route whose conditions do not hold', async () => {
  expect((await call('/secret')).status).toBe(404);
  expect((await fetch(`${base}/secret`, { method: 'POST', headers: { 'x-api-key': secret } })).status).toBe(404);
  expect((await call('/secret', { 'x-door': '' })).status).toBe(200);
});

it('refuses a route whose conditions it cannot read rather than giving its calls to another', async () => {
  const answer = await call('/strange');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ code: 'policy_unsupported' });
});

it('survives what callers put where conditions look', async () => {
  for (const query of ['?%', '?tag=%E0%A4%A', '?=&&=', `?tag=${'v1'.repeat(2000)}`, '?__proto__=1']) {
    const answer = await call(`/orders/1${query}`, { cookie: 'beta=1; ; =; beta' });
    expect(answer.status, query).toBe(200);
    expect(await answer.text(), query).toContain('/fallback');
  }
});

it('keeps the cached answers of routes that share a path apart', async () => {
  for (let round = 0; round < 2; round++) {
    expect(await (await call('/kept')).text()).toBe('/kept');
    expect(await (await call('/kept', { 'x-plan': 'gold' })).text()).toBe('/kept-gold');
  }
  expect(backend.received.filter(({ url }) => url.startsWith('/kept'))).toHaveLength(2);
});
