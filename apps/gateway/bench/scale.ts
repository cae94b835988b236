import type { SubscriptionSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { api, apiKey, application, publisher, restApi, subscription, upstream } from '../test/documents.ts';
import { publishApplication, publishTenant } from '../test/publish.ts';
import { Bed, OTHERS, option, SUBJECT } from './bed.ts';
import { driver } from './drive.ts';
import { freePort } from './process.ts';
import { measure, printTable } from './rounds.ts';

/**
 * What size costs: one route and one key against 5,000 routes and 100,000 keys (used in turn), and one process against
 * two on one port. Plans without limits, so that what is compared is finding, not counting.
 * `--seconds=2 --rounds=5 --connections=64 --warm=40000 --routes=5000 --keys=100000`
 */
const effort = {
  seconds: option('seconds', 2),
  rounds: option('rounds', 5),
  connections: option('connections', 64),
  warm: option('warm', 40_000),
};
const routeCount = option('routes', 5000);
const keyCount = option('keys', 100_000);
const KEYS_PER_APPLICATION = 100;

const bed = new Bed();
try {
  const upstreamPort = await bed.upstream('{"ok":true}');
  const shop = publisher(`bench-${process.pid}`);
  const backend = upstream(shop, `http://127.0.0.1:${upstreamPort}`, { auth: null });
  const small = restApi(shop, 'small', backend.id);
  const routes = Array.from({ length: routeCount }, (_, at) => ({
    id: newId(),
    method: 'GET' as const,
    path: `/area${at % 50}/thing${at}/{id}/part`,
    upstreamId: backend.id,
    upstreamPath: null,
  }));
  const large = api(shop, 'large', { kind: 'rest', routes });
  await publishTenant(bed.redis, shop.doc);
  const one = apiKey();
  const subscriptions = (): SubscriptionSnapshot[] => [subscription(shop, small), subscription(shop, large)];
  await publishApplication(bed.redis, application(subscriptions(), [one.entry]));
  const secrets: string[] = [];
  for (let made = 0; made < keyCount; made += KEYS_PER_APPLICATION) {
    const keys = Array.from({ length: Math.min(KEYS_PER_APPLICATION, keyCount - made) }, () => apiKey());
    secrets.push(...keys.map(({ secret }) => secret));
    await publishApplication(
      bed.redis,
      application(
        subscriptions(),
        keys.map(({ entry }) => entry),
      ),
    );
  }
  const headers = { 'x-api-key': one.secret };
  const path = (apiSlug: string, rest: string): string => `/${shop.doc.slug}/${apiSlug}/v1${rest}`;
  const last = routes.length - 1;
  const largePath = path('large', `/area${last % 50}/thing${last}/42/part`);

  const single = await bed.gateway(await freePort(), SUBJECT);
  const shared = await freePort();
  const pair = [await bed.gateway(shared, SUBJECT), await bed.gateway(shared, OTHERS)];
  const alone = [single.process];
  const rows = await measure(
    [
      { name: 'one route, one key', processes: alone, load: { url: `${single.url}${path('small', '/x')}`, headers } },
      {
        name: `${routeCount} routes, one key`,
        processes: alone,
        load: { url: `${single.url}${largePath}`, headers },
      },
      {
        name: `${routeCount} routes, ${keyCount} keys in turn`,
        processes: alone,
        load: { url: `${single.url}${largePath}`, headers: {}, keys: secrets },
      },
      {
        name: 'two processes, one route, one key',
        processes: pair.map((subject) => subject.process),
        load: { url: `http://127.0.0.1:${shared}${path('small', '/x')}`, headers },
      },
    ],
    effort,
  );
  process.stdout.write(
    `\n${driver}, ${effort.connections} connections, medians of ${effort.rounds} rounds; no limits\n`,
  );
  printTable(rows, { 'one route': 0 });
} finally {
  await bed.close();
}
