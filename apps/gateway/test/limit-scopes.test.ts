import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** Whose calls limits count together, beyond applications, keys, routes and addresses (limits.test.ts). */
let world: World;
let backend: UpstreamServer;
beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, completion()));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

type Rules = NonNullable<PoliciesInput['limits']>['rules'];
type Call = (more?: Record<string, unknown>, headers?: Record<string, string>) => Promise<number>;

/** A model API with these limits, and callers of it. */
async function setUp(rules: Rules) {
  const pub = publisher(`scopes-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url);
  model(pub, id, 'fast');
  model(pub, id, 'slow');
  const chat = api(pub, 'api', { kind: 'llm', models: ['fast', 'slow'] });
  for (const version of chat.versions) version.policies = { limits: { rules } };
  await publishTenant(world.redis, pub.doc);
  return async (of: { tenantId?: string; teamId?: string } = {}): Promise<Call> => {
    const key = apiKey();
    const doc = application([subscription(pub, chat)], [key.entry]);
    await publishApplication(world.redis, { ...doc, ...of });
    return async (more = {}, headers = {}) => {
      const response = await fetch(`${world.url}/${pub.doc.slug}/api/v1/chat/completions`, {
        method: 'POST',
        headers: { 'x-api-key': key.secret, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 10, ...more }),
      });
      await response.arrayBuffer();
      return response.status;
    };
  };
}

const ONE = { algorithm: 'quota', every: 'day', amount: 1 } as const;

it('counts each end user by itself, by header or by what the body says, and those without one together', async () => {
  const call = await (await setUp([{ ...ONE, scope: 'user' }]))();
  expect(await call({ user: 'anna' })).toBe(200);
  expect(await call({}, { 'parley-user': 'anna' })).toBe(429);
  expect(await call({ user: 'anna' }, { 'parley-user': 'ben' })).toBe(200);
  expect(await call()).toBe(200);
  expect(await call({ user: 'not\na name' })).toBe(429);
});

it('counts by the value of a tag', async () => {
  const call = await (await setUp([{ ...ONE, scope: 'tag', tag: 'project' }]))();
  expect(await call({}, { 'parley-tags': 'project=atlas, stage=test' })).toBe(200);
  expect(await call({}, { 'parley-tags': 'stage=live, Project=atlas' })).toBe(429);
  expect(await call({}, { 'parley-tags': 'project=other' })).toBe(200);
});

it('counts each model by itself', async () => {
  const call = await (await setUp([{ ...ONE, scope: 'model', what: 'tokens', amount: 40 }]))();
  expect([await call(), await call(), await call({ model: 'slow' })]).toEqual([200, 429, 200]);
});

it('counts a team and an organisation over their applications', async () => {
  const callers = await setUp([
    { ...ONE, scope: 'team', amount: 2 },
    { ...ONE, scope: 'tenant', amount: 3 },
  ]);
  const [tenantId, teamId] = [newId(), newId()];
  const [first, second] = [await callers({ tenantId, teamId }), await callers({ tenantId, teamId })];
  const other = await callers({ tenantId, teamId: newId() });
  expect([await first(), await second(), await second()]).toEqual([200, 200, 429]);
  expect([await other(), await other()]).toEqual([200, 429]);
  expect(await (await callers({ tenantId: newId(), teamId }))()).toBe(200);
});

it('counts in total, and says of no time at which it begins anew', async () => {
  const call = await (await setUp([{ ...ONE, every: 'total', what: 'tokens', amount: 40 }]))();
  expect([await call(), await call()]).toEqual([200, 429]);
});

it('lets calls pass at once when a used-up limit is raised', async () => {
  const pub = publisher(`raised-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url);
  model(pub, id, 'fast');
  const chat = api(pub, 'api', { kind: 'llm', models: ['fast'] });
  const key = apiKey();
  const allow = async (amount: number): Promise<void> => {
    pub.doc.version++;
    for (const version of chat.versions) version.policies = { limits: { rules: [{ ...ONE, scope: 'user', amount }] } };
    await publishTenant(world.redis, pub.doc);
  };
  await allow(1);
  await publishApplication(world.redis, application([subscription(pub, chat)], [key.entry]));
  const call = async (): Promise<number> => {
    const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }] });
    const headers = { 'x-api-key': key.secret, 'content-type': 'application/json' };
    const url = `${world.url}/${pub.doc.slug}/api/v1/chat/completions`;
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  expect([await call(), await call()]).toEqual([200, 429]);
  await allow(2);
  await expect.poll(call, { timeout: 5000 }).toBe(200);
});
