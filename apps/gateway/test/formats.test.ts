import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription, TIMEOUTS } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let secret: string;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
  const lab = publisher(`lab-${newId().slice(-8)}`);
  model(lab, provider(lab, `${backend.url}/v1`).id, 'plain');
  const other = {
    id: newId(),
    slug: 'other',
    format: 'a_newer_format',
    baseUrl: `${backend.url}/v9`,
    timeouts: TIMEOUTS,
    keys: [],
  };
  model(lab, other.id, 'strange');
  const llm = api(lab, 'models', { kind: 'llm', models: ['plain', 'strange'] });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, { ...lab.doc, formattedProviders: [other] });
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const ask = (name: string): Promise<Response> =>
  fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Hi' }] }),
  });

it('refuses only the calls to a provider whose format this node does not know, and calls nobody for them', async () => {
  const refused = await ask('strange');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ error: { code: 'provider_unconfigured' } });
  expect(backend.received).toEqual([]);
  expect((await ask('plain')).status).toBe(200);
});
