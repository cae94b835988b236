import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { deleteApplication, publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let worlds: World[];
let backend: UpstreamServer;

beforeAll(async () => {
  worlds = [await openWorld(), await openWorld()];
  backend = await startUpstream((_received, response) => sendJson(response, 200, {}));
});
afterAll(async () => {
  for (const world of worlds) await world.close();
  await backend.close();
});

/** A caller subscribed to a publisher's API, known to both nodes. */
async function subscribed() {
  const [first] = worlds;
  if (!first) throw new Error('no world');
  const shop = publisher(`chg-${newId().slice(-8)}`);
  const rest = restApi(shop, 'orders', upstream(shop, backend.url).id);
  const key = apiKey();
  const caller = application([subscription(shop, rest)], [key.entry]);
  await publishTenant(first.redis, shop.doc);
  await publishApplication(first.redis, caller);
  const ask = async (world: World) => {
    const answer = await fetch(`${world.url}/${shop.doc.slug}/orders/v1/x`, { headers: { 'x-api-key': key.secret } });
    const body = (await answer.json()) as { code?: string };
    return body.code ?? answer.status;
  };
  for (const world of worlds) expect(await ask(world)).toBe(200);
  /** Longest time until every node answers like this. */
  const enforced = async (expected: string | number) => {
    const started = performance.now();
    await Promise.all(
      worlds.map((world) => waitFor(`${expected}`, async () => (await ask(world)) === expected, { everyMs: 5 })),
    );
    return performance.now() - started;
  };
  return { redis: first.redis, shop, caller, key, enforced };
}

describe('a change of configuration', () => {
  it('is enforced on every node within a second: revoked subscription, revoked key, deleted application', async () => {
    const slowest: number[] = [];
    for (let round = 0; round < 5; round++) {
      const { redis, caller, key, enforced } = await subscribed();
      const revoked = caller.subscriptions.map((one) => ({ ...one, state: 'revoked' as const }));
      await publishApplication(redis, { ...caller, version: 2, subscriptions: revoked });
      slowest.push(await enforced('subscription_revoked'));
      await publishApplication(redis, { ...caller, version: 3, keys: [{ ...key.entry, revokedAtMs: Date.now() }] });
      slowest.push(await enforced('key_revoked'));
      await publishApplication(redis, { ...caller, version: 4 });
      slowest.push(await enforced(200));
      await deleteApplication(redis, { ...caller, version: 4 });
      slowest.push(await enforced('key_unknown'));
    }
    expect(Math.max(...slowest)).toBeLessThan(1000);
  });

  it('reaches the publisher’s side as well: a retired version', async () => {
    const { redis, shop, enforced } = await subscribed();
    const doc = structuredClone(shop.doc);
    for (const version of doc.apis[0]?.versions ?? []) version.state = 'retired';
    await publishTenant(redis, { ...doc, version: 2 });
    expect(await enforced('version_retired')).toBeLessThan(1000);
  });

  it('is caught up with after a broken connection, though its announcement was missed', async () => {
    const { redis, caller, enforced } = await subscribed();
    const list = String(await redis.call('CLIENT', 'LIST'));
    const followers = list.split('\n').filter((line) => line.includes('name=parley-gateway-changes'));
    expect(followers.length).toBeGreaterThanOrEqual(2);
    const { redisKeys } = await import('@parley/contracts/redis-keys');
    await redis.set(
      redisKeys.applicationSnapshot(caller.applicationId),
      JSON.stringify({ ...caller, version: 2, keys: [] }),
    );
    for (const line of followers) {
      const id = /\bid=(\d+)/.exec(line)?.[1] ?? '';
      await redis.call('CLIENT', 'KILL', 'ID', id).catch(() => {});
    }
    expect(await enforced('key_unknown')).toBeLessThan(3000);
  });
});
