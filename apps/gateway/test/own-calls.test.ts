import { INTERNAL_HEADER } from '@parley/contracts/explain';
import { OWN_CALL_PATH, type OwnCall, type OwnCallReply } from '@parley/contracts/own-call';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ContextWorker, startContextWorker } from './context-world.ts';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** What the portal has a gateway do at its own addresses, as an application could (docs/context-protocol.md, docs/party-tokens.md). */
const SECRET = 'o'.repeat(32);
let world: World;
let worker: ContextWorker;
let backend: UpstreamServer;
let lab: Awaited<ReturnType<typeof openLab>>;

beforeAll(async () => {
  worker = startContextWorker();
  world = await openWorld({ internalSecret: SECRET, gatewayUrl: 'https://gateway.test', contexts: { waitMs: 2500 } });
  worker.follow(world.jobs.jobs);
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion('An answer.')));
  lab = await openLab();
});
afterAll(async () => {
  await world.close();
  await worker.close();
  await backend.close();
});

async function openLab() {
  const own = publisher(`own-${newId().slice(-8)}`);
  model(own, provider(own, `${backend.url}/v1`).id, 'fast', { contextTokens: 4000 });
  const models = api(own, 'models', { kind: 'llm', models: ['fast'] });
  const [key, other] = [apiKey(), apiKey()];
  const subscriptions = [subscription(own, models)];
  const caller = { ...application(subscriptions, [key.entry]), tenantId: own.doc.tenantId };
  const neighbour = { ...application(subscriptions, [other.entry]), tenantId: own.doc.tenantId };
  await publishTenant(world.redis, own.doc);
  for (const doc of [caller, neighbour]) await publishApplication(world.redis, doc);
  return { caller, neighbour, key, name: `${own.doc.slug}/models`, slug: own.doc.slug };
}

const JSON_TYPE = 'application/json';
async function ask(more: Partial<OwnCall>, secret = SECRET): Promise<Response> {
  const usual = {
    applicationId: lab.caller.applicationId,
    keyId: null,
    method: 'POST',
    contentType: JSON_TYPE,
    body: '',
  };
  const body = JSON.stringify({ ...usual, path: '/v1/sessions', ...more });
  const headers = { [INTERNAL_HEADER]: signInternalCall(secret, OWN_CALL_PATH, body, Date.now()) };
  return fetch(world.url + OWN_CALL_PATH, { method: 'POST', headers, body });
}
async function told(more: Partial<OwnCall>): Promise<OwnCallReply> {
  const response = await ask(more);
  expect(response.status).toBe(200);
  return (await response.json()) as OwnCallReply;
}
const send = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(world.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${lab.key.secret}`, 'content-type': JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  });

async function conversation(): Promise<string> {
  const { id } = (await (await send('/v1/sessions', { title: 'A robot' })).json()) as { id: string };
  for (const content of ['The first question.', 'The second question.']) {
    const body = { model: 'fast', messages: [{ role: 'user', content }] };
    expect((await send('/v1/chat/completions', body, { 'x-context-id': id })).status).toBe(200);
  }
  return id;
}

it('a session is previewed, changed and deleted as by its application, and what it was is told', async () => {
  const id = await conversation();
  const turns = (await (
    await fetch(`${world.url}/v1/sessions/${id}/turns`, { headers: { authorization: `Bearer ${lab.key.secret}` } })
  ).json()) as { data: { id: string }[] };
  const preview = async (body: object): Promise<Record<string, unknown>> =>
    JSON.parse((await told({ path: `/v1/sessions/${id}/preview`, body: JSON.stringify(body) })).body);
  // CP-5.7: of the next call, and of the one that made the second turn.
  expect(await preview({ model: 'fast' })).toMatchObject({ window: 4000, manifest: { length: 4 } });
  const [first, second] = turns.data;
  const seen = await preview({ turn: second?.id });
  expect(seen).toMatchObject({ window: 4000, input_cost: { currency: 'USD' } });
  expect((seen['manifest'] as { turn: string }[]).map(({ turn }) => turn)).toEqual([first?.id, first?.id]);
  const within = await preview({ window: 4000, settings: { strategy: 'truncate', token_budget: 12 } });
  expect((within['manifest'] as { sent: boolean }[]).some(({ sent }) => !sent)).toBe(true);
  expect(within['tokens']).toBeLessThanOrEqual(12);
  // A preview asks for no more than it is: what a strategy does is seen before a model for it is named.
  expect(await preview({ settings: { strategy: 'summarise' }, window: 4000 })).toMatchObject({ strategy: 'summarise' });
  const unnamed = await told({ path: `/v1/sessions/${id}`, method: 'PATCH', body: '{"strategy":"summarise"}' });
  expect(unnamed.refused).toMatchObject({ code: 'invalid_parameter' });
  expect(JSON.stringify(unnamed.refused)).toContain('summary_model');
  const wrong = await told({
    path: `/v1/sessions/${id}/preview`,
    body: JSON.stringify({ turn: newId(), window: 100 }),
  });
  expect(wrong.refused).toMatchObject({ code: 'invalid_parameter' });

  const changed = await told({ path: `/v1/sessions/${id}`, method: 'PATCH', body: '{"state":"archived"}' });
  expect(JSON.parse(changed.body)).toMatchObject({ state: 'archived', title: 'A robot', strategy: 'sliding' });
  const refused = await send('/v1/chat/completions', { model: 'fast', messages: [] }, { 'x-context-id': id });
  expect(refused.status).not.toBe(200);
  const deleted = await told({ path: `/v1/sessions/${id}`, method: 'DELETE' });
  expect(deleted).toMatchObject({ status: 200, refused: null });
  expect(await told({ path: `/v1/sessions/${id}`, method: 'GET' })).toMatchObject({ status: 404, body: '' });
}, 20_000);

it('a party token is issued in the name of a key, looked into, explained and revoked', async () => {
  const request = {
    parties: [
      { id: 'bot', kind: 'agent', permissions: [{ actions: ['model:ask'], resources: [`model:${lab.slug}/*`] }] },
    ],
    audience: { apis: [lab.name] },
  };
  const keyId = lab.key.entry.id;
  const path = '/v1/party-tokens';
  const issued = await told({ path, keyId, body: JSON.stringify(request) });
  const { party_token: token } = JSON.parse(issued.body) as { party_token: string };
  const form = { contentType: 'application/x-www-form-urlencoded', body: `token=${token}` } as const;
  expect(JSON.parse((await told({ path: `${path}/introspect`, ...form })).body)).toMatchObject({ active: true });
  const question = JSON.stringify({ token, action: 'model:ask', resource: `model:${lab.slug}/fast` });
  expect(JSON.parse((await told({ path: `${path}/explain`, body: question })).body)).toMatchObject({ allowed: true });
  // PT-7.4: to another application it is as good as none.
  const { applicationId } = lab.neighbour;
  expect((await told({ path: `${path}/introspect`, applicationId, ...form })).body).toBe('{"active":false}');
  expect((await told({ path: `${path}/revoke`, ...form })).status).toBe(200);
  expect(JSON.parse((await told({ path: `${path}/introspect`, ...form })).body)).toMatchObject({ active: false });
  const unknown = await told({ path, keyId: newId(), body: JSON.stringify(request) });
  expect(unknown.refused?.code).toBe('key_revoked');
}, 20_000);

it('nothing else is done, nothing for another’s application, and nothing for who does not know the secret', async () => {
  const id = await conversation();
  for (const path of ['/v1/models', '/v1/chat/completions', '/v1/party-tokens/exchange', '/v1/party-tokens/attest']) {
    expect((await told({ path, body: '{}' })).refused?.code).toBe('route_not_found');
  }
  const { applicationId } = lab.neighbour;
  const path = `/v1/sessions/${id}`;
  expect((await told({ path, method: 'GET', applicationId })).refused?.code).toBe('context_not_found');
  expect((await told({ path, method: 'GET', applicationId: newId() })).refused?.code).toBe('key_unknown');
  const stranger = await ask({ path, method: 'GET' }, 'x'.repeat(32));
  expect(stranger.status).toBe(401);
  expect(await stranger.text()).not.toContain('A robot');
}, 20_000);
