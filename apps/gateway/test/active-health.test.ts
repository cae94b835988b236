import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Service, serviceAt } from './service.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let one: UpstreamServer;
let two: UpstreamServer;
let well = true;
beforeAll(async () => {
  world = await openWorld();
  one = await startUpstream(({ url }, response) => sendJson(response, url === '/health' && !well ? 503 : 200, 'one'));
  two = await startUpstream((_, response) => sendJson(response, 200, 'two'));
});
afterAll(async () => {
  await world.close();
  await one.close();
  await two.close();
});

const activeHealth = { path: '/health', intervalSeconds: 1, unhealthyAfter: 1, healthyAfter: 1 };

async function answered(of: Service): Promise<string[]> {
  const names = new Set<string>();
  for (let i = 0; i < 4; i++) names.add(await (await of.call()).text());
  return [...names].sort();
}

it('takes a target out whose check fails although its calls would not, and brings it back when it is well', async () => {
  const of = await serviceAt(world, `${one.url}/base`, { targets: [{ url: two.url }], activeHealth });
  expect(await answered(of)).toEqual(['one', 'two']);
  await waitFor('the first check', () => one.received.find(({ url }) => url === '/health'));
  const check = one.received.find(({ url }) => url === '/health');
  expect([check?.method, check?.headers['x-backend-key'], check?.headers['user-agent']]).toEqual([
    'GET',
    undefined,
    'parley-health',
  ]);
  well = false;
  await waitFor('the sick target to be left out', async () => (await answered(of)).join() === 'two' || undefined);
  well = true;
  await waitFor('its return', async () => (await answered(of)).join() === 'one,two' || undefined);
});

it('says that nobody is well when that is so, and goes by the statuses it is given', async () => {
  const of = await serviceAt(world, two.url, { activeHealth: { ...activeHealth, statuses: [204] } });
  const refused = await waitFor('the target to be left out', async () => {
    const reply = await of.call();
    return reply.status === 503 ? reply : undefined;
  });
  expect(((await refused.json()) as { code: string }).code).toBe('upstream_unhealthy');
});

it('does not reach forbidden addresses by its checks', async () => {
  const guarded = await openWorld({ allowedPrivate: [] });
  const before = two.received.length;
  const of = await serviceAt(guarded, two.url, { activeHealth });
  const codes = await waitFor('the check to fail', async () => {
    const { code } = (await (await of.call()).json()) as { code: string };
    return code === 'upstream_unhealthy' ? code : undefined;
  });
  expect([codes, two.received.length]).toEqual(['upstream_unhealthy', before]);
  await guarded.close();
});
