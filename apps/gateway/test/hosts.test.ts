import { request } from 'node:http';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
const mark = newId().slice(-12);
const OWN = `gateway.${mark}.test`;
const TENANT = `api.${mark}.test`;
const API = `orders.${mark}.test`;
const acme = publisher(`acme-${mark}`);
const other = publisher(`other-${mark}`);
const key = apiKey();

beforeAll(async () => {
  world = await openWorld({ gatewayUrl: `https://${OWN}` });
  backend = await startUpstream((received, response) => sendJson(response, 200, { url: received.url }));
  const orders = restApi(acme, 'orders', upstream(acme, backend.url).id);
  const bills = restApi(acme, 'bills', acme.doc.upstreams[0]?.id ?? '');
  acme.doc.hosts = [
    { host: TENANT, apiId: null },
    { host: API, apiId: orders.id },
  ];
  const foreign = restApi(other, 'orders', upstream(other, backend.url).id);
  const subscriptions = [subscription(acme, orders), subscription(acme, bills), subscription(other, foreign)];
  await publishTenant(world.redis, acme.doc);
  await publishTenant(world.redis, other.doc);
  await publishApplication(world.redis, application(subscriptions, [key.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

interface Answer {
  readonly status: number;
  readonly id: string;
  readonly body: string;
}
function call(host: string, path: string, secret: string | null = key.secret): Promise<Answer> {
  const headers = { host, ...(secret === null ? {} : { 'x-api-key': secret }) };
  return new Promise((resolve, reject) => {
    const asked = request(world.url, { headers, path, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, id: String(response.headers['x-request-id']), body }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

it('serves a tenant at its own host, and one API at a host of that', async () => {
  for (const [host, path, slug] of [
    [TENANT, '/orders/v1/echo', 'orders'],
    [TENANT, '/bills/v1/echo', 'bills'],
    [`${TENANT.toUpperCase()}:8443`, '/orders/v1/echo', 'orders'],
    [`${TENANT}.`, '/orders/v1/echo', 'orders'],
    [API, '/v1/echo', 'orders'],
    [OWN, `/${acme.doc.slug}/orders/v1/echo`, 'orders'],
    [`unknown.${mark}.test`, `/${acme.doc.slug}/orders/v1/echo`, 'orders'],
  ] as const) {
    const answer = await call(host, path);
    expect(answer.status, `${host}${path}`).toBe(200);
    const event = await world.event(answer.id);
    const api = acme.doc.apis.find((one) => one.slug === slug);
    expect([event.tenantId, event.apiId], `${host}${path}`).toEqual([acme.doc.tenantId, api?.id]);
  }
});

it('never serves another tenant there, nor what belongs to all', async () => {
  const before = backend.received.length;
  for (const [host, path] of [
    [TENANT, `/${other.doc.slug}/orders/v1/echo`],
    [`${TENANT}.`, `/${other.doc.slug}/orders/v1/echo`],
    [TENANT, `/${acme.doc.slug}/orders/v1/echo`],
    [TENANT, '/v1/chat/completions'],
    [TENANT, '/v1/models'],
    [TENANT, '/oauth/token'],
    [TENANT, '/.well-known/jwks.json'],
    [TENANT, '/'],
    [TENANT, '/orders'],
    [API, `/${other.doc.slug}/orders/v1/echo`],
    [API, '/bills/v1/echo'],
    [API, '/v9/echo'],
    [API, '/'],
  ] as const) {
    const answer = await call(host, path);
    expect(answer.status, `${host}${path}`).toBe(404);
  }
  expect((await call(TENANT, '/../orders/v1/echo')).status).toBe(400);
  expect(backend.received.length).toBe(before);
});

it('tells strangers nothing there either', async () => {
  const [real, lost] = [await call(TENANT, '/orders/v1/echo', null), await call(TENANT, '/nothing/v1/x', null)];
  const bare = ({ body }: Answer) => ({ ...(JSON.parse(body) as object), instance: '', requestId: '' });
  expect([real.status, lost.status]).toEqual([401, 401]);
  expect(bare(real)).toEqual(bare(lost));
});

it('goes on with the configuration: a host that is removed is the gateway’s again', async () => {
  acme.doc.hosts = [{ host: API, apiId: newId() }];
  acme.doc.version += 1;
  await publishTenant(world.redis, acme.doc);
  const gone = async (): Promise<boolean> => (await call(TENANT, '/orders/v1/echo')).status === 404;
  expect(await waitFor('the host to be gone', gone)).toBe(true);
  expect((await call(TENANT, `/${acme.doc.slug}/orders/v1/echo`)).status).toBe(200);
  expect((await call(API, '/v1/echo')).status, 'for an API that is not there').toBe(404);
});
