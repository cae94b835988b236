import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let base: string;
let secret: string;

beforeAll(async () => {
  world = await openWorld({ trustedProxies: ['127.0.0.1/32'] });
  backend = await startUpstream((_, response) => sendJson(response, 200, completion('hello')));
  const pub = publisher(`doors-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  model(pub, provider(pub, backend.url).id, 'fast');
  const office: PoliciesInput = { ipAccess: { allow: ['192.0.2.0/24', '2001:db8::/32'], deny: ['192.0.2.66'] } };
  const rest = restApi(pub, 'rest', target.id);
  const llm = api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  for (const one of [rest, llm]) for (const version of one.versions) version.policies = office;
  const routes = [
    {
      id: newId(),
      method: 'GET' as const,
      path: '/open',
      upstreamId: target.id,
      upstreamPath: null,
      policies: { ipAccess: null },
    },
    { id: newId(), method: 'GET' as const, path: '/shut', upstreamId: target.id, upstreamPath: null },
  ];
  const mixed = api(pub, 'mixed', { kind: 'rest', routes });
  for (const version of mixed.versions) version.policies = office;
  const key = apiKey();
  secret = key.secret;
  base = `${world.url}/${pub.doc.slug}`;
  await publishTenant(world.redis, pub.doc);
  const subscriptions = [rest, llm, mixed].map((one) => subscription(pub, one));
  await publishApplication(world.redis, application(subscriptions, [key.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const from = (address: string, url: string, body?: object): Promise<Response> =>
  fetch(url, {
    headers: { 'x-api-key': secret, 'x-forwarded-for': address, 'content-type': 'application/json' },
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
  });

it('lets allowed ranges of both families through and nobody else, denied ones first', async () => {
  const statuses = new Map([
    ['192.0.2.7', 200],
    ['::ffff:192.0.2.7', 200],
    ['2001:db8::1', 200],
    ['192.0.2.66', 403],
    ['198.51.100.1', 403],
    ['not an address', 403],
  ]);
  for (const [address, status] of statuses) {
    expect((await from(address, `${base}/rest/v1/x`)).status, address).toBe(status);
  }
});

it('believes of X-Forwarded-For only what its own proxies wrote', async () => {
  expect((await from('192.0.2.7, 198.51.100.1', `${base}/rest/v1/x`)).status).toBe(403);
  expect((await from('198.51.100.1, 192.0.2.7, 127.0.0.1', `${base}/rest/v1/x`)).status).toBe(200);
});

it('lays a route’s policies over the version’s', async () => {
  expect((await from('198.51.100.1', `${base}/mixed/v1/open`)).status).toBe(200);
  expect((await from('198.51.100.1', `${base}/mixed/v1/shut`)).status).toBe(403);
});

it('holds for model calls at /v1 as for those at the API’s own address', async () => {
  const call = { model: 'fast', messages: [{ role: 'user', content: 'hi' }] };
  for (const url of [`${world.url}/v1/chat/completions`, `${base}/llm/v1/chat/completions`]) {
    expect((await from('198.51.100.1', url, call)).status, url).toBe(403);
    expect((await from('192.0.2.7', url, call)).status, url).toBe(200);
  }
});
