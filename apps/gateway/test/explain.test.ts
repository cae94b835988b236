import { EXPLAIN_PATH, type ExplainReply, type ExplainRequest, INTERNAL_HEADER } from '@parley/contracts/explain';
import { limitsPolicy } from '@parley/contracts/policies/limits';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const SECRET = 'i'.repeat(32);
let world: World;
let backend: UpstreamServer;
let calls = 0;
let slug: string;
let secret: string;
let caller: string;
let strange: string;

beforeAll(async () => {
  world = await openWorld({ internalSecret: SECRET });
  backend = await startUpstream((_, response) => {
    calls++;
    sendJson(response, 200, completion('hello'));
  });
  slug = `dry-${newId().slice(-8)}`;
  const pub = publisher(slug);
  const target = upstream(pub, backend.url);
  model(pub, provider(pub, backend.url).id, 'fast');
  const route = { upstreamId: target.id, upstreamPath: null };
  const routes = [
    { id: newId(), method: 'GET' as const, path: '/orders/{id}', ...route },
    { id: newId(), method: 'GET' as const, path: '/open', ...route, policies: { ipAccess: null } },
  ];
  const shop = api(pub, 'shop', { kind: 'rest', routes }, [{ requests: 2, windowSeconds: 3600 }]);
  for (const version of shop.versions) version.policies = { ipAccess: { allow: ['192.0.2.0/24'], deny: [] } };
  const llm = api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  const limits = limitsPolicy.parse({ rules: [{ algorithm: 'quota', amount: 9, scope: 'api' }] });
  const wideRoutes = [
    { id: newId(), method: 'GET' as const, path: '/counted', ...route, policies: { limits } },
    { id: newId(), method: 'GET' as const, path: '/plain', ...route },
  ];
  const wide = api(pub, 'wide', { kind: 'rest', routes: wideRoutes }, [{ requests: 5, windowSeconds: 60 }]);
  const other = restApi(pub, 'other', target.id);
  const key = apiKey();
  secret = key.secret;
  const app = application([subscription(pub, shop), subscription(pub, wide), subscription(pub, llm)], [key.entry]);
  const stranger = application([subscription(pub, other)], []);
  caller = app.applicationId;
  strange = stranger.applicationId;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, app);
  await publishApplication(world.redis, stranger);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

function send(asked: object, token?: string): Promise<Response> {
  const body = JSON.stringify(asked);
  const headers = { [INTERNAL_HEADER]: token ?? signInternalCall(SECRET, EXPLAIN_PATH, body, Date.now()) };
  return fetch(world.url + EXPLAIN_PATH, { method: 'POST', headers, body });
}

async function ask(path: string, more: Partial<ExplainRequest> = {}): Promise<ExplainReply> {
  const asked = { method: 'GET', headers: [], address: '192.0.2.7', applicationId: caller, ...more };
  const response = await send({ ...asked, path: `/${slug}${path}` });
  expect(response.status).toBe(200);
  return (await response.json()) as ExplainReply;
}

const lines = (reply: ExplainReply): string[] => reply.steps.map(({ step, outcome }) => `${step} ${outcome}`);

describe('a dry run', () => {
  it('tells every decision in order, down to where the call would go', async () => {
    const reply = await ask('/shop/v1/orders/7');
    expect(reply.refusal).toBeNull();
    expect(lines(reply)).toEqual([
      'route passes',
      'caller passes',
      'subscription passes',
      'policy passes',
      'upstream passes',
      'limits told',
    ]);
    expect(reply.steps[0]?.sentence).toContain('GET /orders/{id}');
    expect(reply.steps[3]).toMatchObject({ policy: 'ipAccess', sentence: 'Only 192.0.2.0/24 may call.' });
    expect(reply.steps.find(({ step }) => step === 'upstream')?.sentence).toContain('GET /orders/7');
  });

  it('tells the plan’s limits and those of the policy, also beside a route that counts over all callers', async () => {
    const told = async (path: string) =>
      (await ask(path)).steps
        .filter(({ step, policy }) => step === 'limits' || policy === 'limits')
        .map(({ sentence }) => sentence);
    const plan = 'The plan “standard” lets through 5 requests in 60 s; a dry run is not counted.';
    expect(await told('/wide/v1/plain')).toEqual([plan]);
    expect(await told('/wide/v1/counted')).toEqual([
      plan,
      'At most 9 requests per calendar month for all callers together.',
    ]);
  });

  it('refuses as a real call is refused, at the same decision', async () => {
    const reply = await ask('/shop/v1/orders/7', { address: '198.51.100.1' });
    const real = await fetch(`${world.url}/${slug}/shop/v1/orders/7`, { headers: { 'x-api-key': secret } });
    expect(reply.refusal).toMatchObject({ code: ((await real.json()) as { code: string }).code, status: real.status });
    expect(reply.steps.at(-1)).toMatchObject({ step: 'policy', policy: 'ipAccess', outcome: 'refuses' });
    const unsubscribed = await ask('/shop/v1/orders/7', { applicationId: strange });
    expect(unsubscribed.refusal?.code).toBe('not_subscribed');
    expect(lines(unsubscribed).slice(-2)).toEqual(['subscription refuses', 'policy not_reached']);
  });

  it('says what is switched off on a route, and which routes came near a path without one', async () => {
    expect((await ask('/shop/v1/open', { address: '198.51.100.1' })).refusal).toBeNull();
    const lost = await ask('/shop/v1/order/7');
    expect(lost.refusal?.code).toBe('route_not_found');
    expect(lost.steps[0]?.outcome).toBe('lost');
    expect(lost.steps[0]?.notes[0]).toBe('GET /orders/{id}: it has “orders” where the call has “order”.');
    const wrong = await ask('/shop/v1/orders/7', { method: 'POST' });
    expect(wrong.refusal?.code).toBe('method_not_allowed');
    expect(wrong.steps[0]?.notes[0]).toBe('GET /orders/{id}: the path fits, but it does not take POST.');
  });

  it('asks who calls when it is told nobody, from the headers alone', async () => {
    const nobody = await ask('/shop/v1/orders/7', { applicationId: null });
    expect(nobody.refusal?.code).toBe('key_missing');
    const headers = [{ name: 'X-Api-Key', value: secret }];
    expect((await ask('/shop/v1/orders/7', { applicationId: null, headers })).refusal).toBeNull();
    expect((await ask('/shop/v1/orders/7', { applicationId: newId() })).refusal?.code).toBe('key_unknown');
  });

  it('reads bodies as a call would', async () => {
    const chat = { method: 'POST', body: JSON.stringify({ model: 'fast', messages: [] }) };
    const good = await ask('/llm/v1/chat/completions', chat);
    expect(good.refusal).toBeNull();
    expect(good.steps.map(({ sentence }) => sentence).join(' ')).toContain('“fast”');
    expect((await ask('/llm/v1/chat/completions', { ...chat, body: '{' })).refusal?.code).toBe('malformed_json');
  });

  it('calls nothing, counts nothing and records nothing', async () => {
    const before = calls;
    for (let i = 0; i < 5; i++) expect((await ask('/shop/v1/orders/7')).refusal).toBeNull();
    expect(calls).toBe(before);
    expect(world.events().filter(({ path }) => path.endsWith('/orders/7') && path.includes(slug)).length).toBeLessThan(
      2,
    );
  });
});

describe('the address of dry runs', () => {
  const asked = { method: 'GET', path: '/a/b/c', headers: [], address: '192.0.2.7', applicationId: null };

  it('answers nobody without the operator’s secret', async () => {
    const body = JSON.stringify(asked);
    const late = signInternalCall(SECRET, EXPLAIN_PATH, body, Date.now() - 120_000);
    const foreign = signInternalCall('x'.repeat(32), EXPLAIN_PATH, body, Date.now());
    for (const token of ['', 'nonsense', late, foreign]) expect((await send(asked, token)).status).toBe(401);
    expect((await fetch(world.url + EXPLAIN_PATH)).status).toBe(401);
  });

  it('refuses what is no question', async () => {
    for (const wrong of [{}, { ...asked, address: 'home' }, { ...asked, path: 'x' }, { ...asked, more: 1 }]) {
      expect((await send(wrong)).status).toBe(400);
    }
  });

  it('does not break on hostile input: it is refused as at the door', async () => {
    for (const path of ['/../../etc', `/${'a'.repeat(8000)}`, '/%00/b/c', '//', '/a#b']) {
      const response = await send({ ...asked, path });
      expect(response.status, path).toBe(200);
      expect(((await response.json()) as ExplainReply).refusal, path).not.toBeNull();
    }
    const two = [
      { name: 'host', value: 'a' },
      { name: 'host', value: 'b' },
    ];
    expect(((await (await send({ ...asked, headers: two })).json()) as ExplainReply).refusal?.code).toBe(
      'malformed_request',
    );
  });
});

it('is not there at all on a gateway without the secret', async () => {
  const plain = await openWorld();
  const body = '{}';
  const headers = { [INTERNAL_HEADER]: signInternalCall(SECRET, EXPLAIN_PATH, body, Date.now()) };
  const response = await fetch(plain.url + EXPLAIN_PATH, { method: 'POST', headers, body });
  expect(((await response.json()) as { code: string }).code).toBe('key_missing');
  await plain.close();
});
