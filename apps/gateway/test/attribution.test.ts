import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, completion()));
});
afterAll(() => Promise.all([world.close(), backend.close()]));

async function caller() {
  const pub = publisher(`attributed-${newId().slice(-8)}`);
  const { id } = provider(pub, backend.url);
  model(pub, id, 'fast');
  const chat = api(pub, 'api', { kind: 'llm', models: ['fast'] });
  const key = apiKey();
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, chat)], [key.entry]));
  return async (headers: Record<string, string>, body: object = {}) => {
    const response = await fetch(`${world.url}/${pub.doc.slug}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }], ...body }),
    });
    expect(response.status).toBe(200);
    return world.event(response.headers.get('x-request-id'));
  };
}

it('records for whom a call was made and what it belongs to, and tells the provider nothing of it', async () => {
  const call = await caller();
  const said = await call({ 'parley-user': 'u-7', 'parley-tags': 'env=prod, team=blue, ,nonsense' });
  expect(said).toMatchObject({ endUser: 'u-7', tags: { env: 'prod', team: 'blue' } });
  expect(Object.keys(backend.received.at(-1)?.headers ?? {}).filter((name) => name.startsWith('parley-'))).toEqual([]);
  expect(await call({}, { user: 'from-body' })).toMatchObject({ endUser: 'from-body' });
  const silent = await call({});
  expect([silent?.endUser, silent?.tags]).toEqual([undefined, undefined]);
});
