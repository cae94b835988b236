import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
const pub = publisher(`alias-${newId().slice(-8)}`);
const key = apiKey();
const NEW = newId();
const call = (path: string): Promise<Response> =>
  fetch(`${world.url}/${pub.doc.slug}${path}`, { headers: { 'x-api-key': key.secret } });

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((received, response) => {
    response.setHeader('x-parley-version', 'forged');
    sendJson(response, 200, { url: received.url });
  });
  const target = upstream(pub, backend.url);
  model(pub, provider(pub, backend.url).id, 'fast');
  const shop = restApi(pub, 'shop', target.id);
  const [old] = shop.versions;
  if (old === undefined) throw new Error('no version');
  shop.versions.push({ ...old, id: NEW, version: 'v2', deprecatedAtMs: 1_000_000, state: 'deprecated' });
  shop.aliases = [
    { alias: 'latest', versionId: NEW },
    { alias: 'stable', versionId: old.id },
    { alias: 'v1', versionId: NEW },
    { alias: 'gone', versionId: newId() },
  ];
  const chat = api(pub, 'chat', { kind: 'llm', models: ['fast'] });
  chat.aliases = [{ alias: 'latest', versionId: chat.versions[0]?.id ?? '' }];
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, application([subscription(pub, shop), subscription(pub, chat)], [key.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

it('serves the version an alias leads to, with its headers, and says which it is', async () => {
  const latest = await call('/shop/latest/echo');
  expect(latest.status).toBe(200);
  expect(latest.headers.get('x-parley-version')).toBe('v2');
  expect(latest.headers.get('deprecation')).toBe('@1000');
  expect((await world.event(latest.headers.get('x-request-id'))).apiVersionId).toBe(NEW);
  const stable = await call('/shop/stable/echo');
  expect([stable.headers.get('x-parley-version'), stable.headers.get('deprecation')]).toEqual(['v1', null]);
  const direct = await call('/shop/v1/echo');
  expect([direct.status, direct.headers.get('x-parley-version')]).toEqual([200, null]);
  expect((await call('/shop/gone/echo')).status).toBe(404);
});

it('lists a model once, however many names its version has', async () => {
  const answer = await fetch(`${world.url}/v1/models`, { headers: { 'x-api-key': key.secret } });
  expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(1);
  expect((await call('/chat/latest/models')).status).toBe(200);
});

it('follows an alias that is moved', async () => {
  for (const alias of pub.doc.apis[0]?.aliases ?? []) if (alias.alias === 'stable') alias.versionId = NEW;
  pub.doc.version += 1;
  await publishTenant(world.redis, pub.doc);
  const versionOf = async (): Promise<string | null> =>
    (await call('/shop/stable/echo')).headers.get('x-parley-version');
  expect(await waitFor('the alias to be moved', async () => ((await versionOf()) === 'v2' ? 'v2' : null))).toBe('v2');
});
