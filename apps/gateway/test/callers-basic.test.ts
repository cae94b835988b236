import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let url: string;
const key = apiKey({ scopes: ['a'] });
const revoked = apiKey({ revokedAtMs: 1 });

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, {}));
  const pub = publisher(`basic-${newId().slice(-8)}`);
  const made = restApi(pub, 'old', upstream(pub, backend.url).id);
  const methods = [{ kind: 'basic' }, { kind: 'apiKey' }];
  for (const version of made.versions) version.policies = { callers: { methods } };
  url = `${world.url}/${pub.doc.slug}/old/v1/x`;
  await publishTenant(world.redis, pub.doc);
  const caller = application([subscription(pub, made)], [key.entry, revoked.entry]);
  await publishApplication(world.redis, { ...caller, slug: 'shop' });
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const call = (user: string, password: string, scheme = 'Basic'): Promise<Response> =>
  fetch(url, { headers: { authorization: `${scheme} ${Buffer.from(`${user}:${password}`).toString('base64')}` } });

it('takes an API key as password of its id or of its application’s short name, and passes neither on', async () => {
  for (const user of [key.entry.id, 'shop']) {
    expect((await call(user, key.secret, user === 'shop' ? 'bAsIc' : 'Basic')).status).toBe(200);
    const { headers } = backend.received.at(-1) ?? { headers: {} };
    expect(headers).toMatchObject({ 'x-parley-subject': key.entry.id, 'x-parley-scopes': 'a' });
    expect(headers).not.toHaveProperty('authorization');
  }
});

it('refuses all else with the same words, and challenges', async () => {
  const bodies = new Set<string>();
  for (const [user, password] of [
    ['shop', ''],
    ['shop', 'x'],
    ['other', key.secret],
    ['', key.secret],
    ['shop', revoked.secret],
  ] as const) {
    const answer = await call(user, password);
    expect(answer.status, user).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain(
      'Basic realm="parley", charset="UTF-8", error_description="User',
    );
    bodies.add((await answer.text()).replace(answer.headers.get('x-request-id') ?? '', ''));
  }
  expect(bodies.size).toBe(1);
  const none = await fetch(url, { headers: { authorization: 'Basic %%%' } });
  expect(none.headers.get('www-authenticate')).toBe('Basic realm="parley", charset="UTF-8", Bearer realm="parley"');
});
