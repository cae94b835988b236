import type { PoliciesInput } from '@parley/contracts/policies';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let slug: string;
let secret: string;
const NOW = Date.parse('2027-03-01T09:00:30Z');
const clock = { nowMs: () => NOW };

const RUNNING: PoliciesInput['brownOuts'] = { windows: [{ from: '2027-03-01T09:00:00Z', to: '2027-03-01T09:01:00Z' }] };
const CASES: Readonly<Record<string, { state: 'published' | 'deprecated'; brownOuts: PoliciesInput['brownOuts'] }>> = {
  running: { state: 'deprecated', brownOuts: RUNNING },
  linked: { state: 'deprecated', brownOuts: { ...RUNNING, link: 'https://shop.test/move' } },
  current: { state: 'published', brownOuts: RUNNING },
  over: {
    state: 'deprecated',
    brownOuts: { windows: [{ from: '2027-03-01T08:00:00Z', to: '2027-03-01T10:00:30+01:00' }] },
  },
  half: { state: 'deprecated', brownOuts: { schedule: [{ from: '2027-02-01T00:00:00Z', percent: 50 }] } },
};

beforeAll(async () => {
  world = await openWorld({ clock });
  backend = await startUpstream((_, response) => sendJson(response, 200, completion('hello')));
  const pub = publisher(`brown-${newId().slice(-8)}`);
  slug = pub.doc.slug;
  const target = upstream(pub, backend.url);
  model(pub, provider(pub, backend.url).id, 'fast');
  const apis = Object.keys(CASES).map((name) => restApi(pub, name, target.id));
  const llm = api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  for (const one of [...apis, llm]) {
    const { state, brownOuts } = CASES[one.slug] ?? { state: 'deprecated', brownOuts: RUNNING };
    for (const version of one.versions) {
      const times = state === 'deprecated' ? { deprecatedAtMs: NOW - 1000, sunsetAtMs: NOW + 86_400_000 } : {};
      Object.assign(version, { state, policies: { brownOuts }, ...times });
    }
  }
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, pub.doc);
  const subscriptions = [...apis, llm].map((one) => subscription(pub, one));
  await publishApplication(world.redis, application(subscriptions, [key.entry]));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const call = (name: string): Promise<Response> =>
  fetch(`${world.url}/${slug}/${name}/v1/x`, { headers: { 'x-api-key': secret } });

it('refuses a deprecated version within a window, and says since when, until when and where to read on', async () => {
  const before = backend.received.length;
  const answer = await call('running');
  expect(answer.status).toBe(410);
  expect(await answer.json()).toMatchObject({ code: 'version_brown_out' });
  expect(answer.headers.get('deprecation')).toBe(`@${Math.floor((NOW - 1000) / 1000)}`);
  expect(answer.headers.get('sunset')).toBe(new Date(NOW + 86_400_000).toUTCString());
  expect(answer.headers.get('retry-after')).toBe('30');
  expect(answer.headers.get('link')).toBe(
    `<https://portal.test/catalogue/${slug}/running>; rel="deprecation"; type="text/html"`,
  );
  expect(backend.received.length).toBe(before);
  const event = await world.event(answer.headers.get('x-request-id'));
  expect(event).toMatchObject({ status: 410, code: 'version_brown_out' });
  expect((await call('linked')).headers.get('link')).toContain('<https://shop.test/move>; rel="deprecation"');
});

it('holds for model calls at /v1 too', async () => {
  const answer = await fetch(`${world.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-api-key': secret, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'hi' }] }),
  });
  expect(answer.status).toBe(410);
  expect(answer.headers.get('link')).toContain(`/catalogue/${slug}/llm>`);
});

it('leaves versions alone that are not deprecated, and calls outside the window', async () => {
  expect((await call('current')).status).toBe(200);
  expect((await call('over')).status).toBe(200);
});

it('refuses about the share that is asked for', async () => {
  const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await call('half')).status));
  const refused = statuses.filter((status) => status === 410).length;
  expect(statuses.every((status) => status === 410 || status === 200)).toBe(true);
  // Six standard deviations to either side.
  expect(refused).toBeGreaterThan(57);
  expect(refused).toBeLessThan(143);
});
