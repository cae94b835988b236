import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@parley/kernel/id';
import { type FaultProxy, startFaultProxy } from '@parley/testkit/fault-proxy';
import { waitFor } from '@parley/testkit/wait-for';
import { afterEach, describe, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream } from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Redis behind a proxy that can go away, a publisher with a limited and an unlimited API, and a caller of both. */
async function setUp() {
  const real = new URL(testRedisUrl());
  const proxy: FaultProxy = await startFaultProxy({ host: real.hostname, port: Number(real.port) });
  closers.push(() => proxy.close());
  const backend = await startUpstream((_received, response) => sendJson(response, 200, {}));
  closers.push(() => backend.close());
  const folder = mkdtempSync(join(tmpdir(), 'parley-outage-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  const shop = publisher(`out-${newId().slice(-8)}`);
  const target = upstream(shop, backend.url);
  const free = restApi(shop, 'free', target.id);
  const limited = restApi(shop, 'limited', target.id, [{ requests: 1000, windowSeconds: 60 }]);
  const key = apiKey();
  const caller = application([subscription(shop, free), subscription(shop, limited)], [key.entry]);
  const through = new URL(real);
  through.host = `${proxy.host}:${proxy.port}`;
  const open = async (): Promise<World> =>
    openWorld({ redisUrl: through.href, snapshotDir: join(folder, 'snapshot'), node: 'survivor', drainMs: 200 });
  const ask = async (world: World, api: string, secret = key.secret) => {
    const answer = await fetch(`${world.url}/${shop.doc.slug}/${api}/v1/x`, { headers: { 'x-api-key': secret } });
    const body = (await answer.json()) as { code?: string };
    return body.code ?? answer.status;
  };
  return { proxy, open, ask, shop, caller, folder };
}

function away(proxy: FaultProxy): void {
  proxy.faults.refuse = true;
  proxy.reset();
}

describe('without Redis', () => {
  it('a running node serves callers it knows, refuses limited calls and unknown keys with 503, and recovers', async () => {
    const { proxy, open, ask, shop, caller } = await setUp();
    const world = await open();
    closers.push(() => world.close());
    await publishTenant(world.redis, shop.doc);
    await publishApplication(world.redis, caller);
    expect(await ask(world, 'free')).toBe(200);
    expect(await ask(world, 'limited')).toBe(200);
    away(proxy);
    expect(await ask(world, 'free')).toBe(200);
    await waitFor('limits to be refused', async () => (await ask(world, 'limited')) === 'limiter_unavailable');
    expect(await ask(world, 'free', apiKey().secret)).toBe('configuration_unavailable');
    const ready = await fetch(`${world.url}/readyz`);
    expect(ready.status).toBe(200);
    proxy.faults.refuse = false;
    await waitFor('limits to be counted again', async () => (await ask(world, 'limited')) === 200);
    await waitFor(
      'keys to be looked up again',
      async () => (await ask(world, 'free', apiKey().secret)) === 'key_unknown',
    );
  });

  it('a node starts from the last good configuration, kept for its eyes only, and catches up later', async () => {
    const { proxy, open, ask, shop, caller, folder } = await setUp();
    const first = await open();
    await publishTenant(first.redis, shop.doc);
    await publishApplication(first.redis, caller);
    expect(await ask(first, 'free')).toBe(200);
    await first.close();
    const [copy = ''] = readdirSync(join(folder, 'snapshot'));
    expect(statSync(join(folder, 'snapshot', copy)).mode & 0o777).toBe(0o600);

    away(proxy);
    const second = await open();
    closers.push(() => second.close());
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
    expect(await ask(second, 'free')).toBe(200);
    const revoked = caller.subscriptions.map((one) => ({ ...one, state: 'revoked' as const }));
    await publishApplication(second.redis, { ...caller, version: 2, subscriptions: revoked });
    proxy.faults.refuse = false;
    await waitFor('the change', async () => (await ask(second, 'free')) === 'subscription_revoked');
  }, 20_000);
});
