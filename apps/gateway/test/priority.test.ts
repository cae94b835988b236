import type { ServerResponse } from 'node:http';
import type { PriorityClass } from '@parley/contracts/policies/priority';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let call: (api: PriorityClass | 'plain', path?: string) => Promise<Response>;
const waiting: ServerResponse[] = [];

beforeAll(async () => {
  world = await openWorld({ load: { maxInFlight: 10, delayMs: [60_000, 60_000], calmMs: 100 } });
  backend = await startUpstream((received, response) => {
    if (received.url.endsWith('/wait')) waiting.push(response);
    else sendJson(response, 200, {});
  });
  const pub = publisher(`load-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url, { timeouts: { connectMs: 1000, headersMs: 60_000, totalMs: 60_000 } });
  const apis = (['plain', 'sheddable', 'normal', 'critical'] as const).map((name) => {
    const made = restApi(pub, name, target.id);
    if (name !== 'plain') for (const version of made.versions) version.policies = { priority: { class: name } };
    return made;
  });
  const key = apiKey();
  await publishTenant(world.redis, pub.doc);
  const subscriptions = apis.map((one) => subscription(pub, one));
  await publishApplication(world.redis, application(subscriptions, [key.entry]));
  call = (api, path = 'x') =>
    fetch(`${world.url}/${pub.doc.slug}/${api}/v1/${path}`, { headers: { 'x-api-key': key.secret } });
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

/** Statuses by class: plain, sheddable, normal, critical. */
async function statuses(): Promise<number[]> {
  const found: number[] = [];
  for (const api of ['plain', 'sheddable', 'normal', 'critical'] as const) found.push((await call(api)).status);
  return found;
}

it('refuses sheddable calls first, then normal ones, never critical ones, and lets all in again when it is calm', async () => {
  expect(await statuses()).toEqual([200, 200, 200, 200]);
  const running: Promise<Response>[] = [];
  const fill = async (count: number): Promise<void> => {
    while (running.length < count) running.push(call('critical', 'wait'));
    await waitFor(`${count} running calls`, () => waiting.length === count);
  };
  await fill(6);
  await waitFor('sheddable calls to be refused', async () => (await call('sheddable')).status === 503);
  expect(await statuses()).toEqual([200, 503, 200, 200]);
  await fill(8);
  await waitFor('normal calls to be refused', async () => (await call('normal')).status === 503);
  expect(await statuses()).toEqual([503, 503, 503, 200]);
  const refused = await call('sheddable');
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503 });
  for (const response of waiting) sendJson(response, 200, {});
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual(new Array(8).fill(200));
  await waitFor('all calls to be let in again', async () => (await statuses()).every((status) => status === 200));
});
