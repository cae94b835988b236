import { setTimeout as delay } from 'node:timers/promises';
import { apiKey, application, publisher, restApi, subscription, upstream } from '../test/documents.ts';
import { publishApplication, publishTenant } from '../test/publish.ts';
import { Bed, option } from './bed.ts';
import { freePort } from './process.ts';
import { measure, printTable } from './rounds.ts';

/**
 * Changes of configuration under load: how long until a change is enforced, and what the calls notice of it. 50 tenants of
 * 100 routes each; a change alters one tenant's plan, which every answer states in its `RateLimit-Policy`.
 * `--seconds=10 --connections=16 --warm=40000 --tenants=50 --routes=100 --per-second=50`
 */
const tenants = option('tenants', 50);
const routes = option('routes', 100);
const perSecond = option('per-second', 50);
const effort = {
  seconds: option('seconds', 10),
  connections: option('connections', 16),
  warm: option('warm', 40_000),
  rounds: 1,
};
const GIVE_UP_MS = 10_000;

const bed = new Bed();
try {
  const upstreamPort = await bed.upstream('{"ok":true}');
  const key = apiKey();
  const publishers = Array.from({ length: tenants }, (_, at) => {
    const pub = publisher(`bench-${process.pid}-${at}`);
    const backend = upstream(pub, `http://127.0.0.1:${upstreamPort}`, { auth: null });
    const api = restApi(pub, 'rest', backend.id, [{ requests: 1_000_000, windowSeconds: 60 }]);
    const target = api.versions[0]?.target;
    if (target?.kind === 'rest') {
      const [first] = target.routes;
      for (let n = 1; first && n < routes; n++) target.routes.push({ ...first, path: `/thing${n}/{id}` });
    }
    return { pub, api };
  });
  for (const { pub } of publishers) await publishTenant(bed.redis, pub.doc);
  const subscriptions = publishers.map(({ pub, api }) => subscription(pub, api));
  await publishApplication(bed.redis, application(subscriptions, [key.entry]));

  const gateway = await bed.gateway(await freePort());
  const headers = { 'x-api-key': key.secret };
  const urlOf = (at: number): string => `${gateway.url}/${publishers[at]?.pub.doc.slug}/rest/v1/x`;
  for (let at = 0; at < tenants; at++) await fetch(urlOf(at), { headers }).then((answer) => answer.text());

  /** Changes one tenant's plan and calls it until the answer states the new one. Returns milliseconds. */
  async function change(at: number, requests: number): Promise<number> {
    const entry = publishers[at];
    const limit = entry?.api.plans[0]?.limits[0];
    if (!entry || !limit) throw new Error('there is no such tenant');
    limit.requests = requests;
    entry.pub.doc.version++;
    await publishTenant(bed.redis, entry.pub.doc);
    const published = performance.now();
    for (;;) {
      const answer = await fetch(urlOf(at), { headers });
      await answer.text();
      const sinceMs = performance.now() - published;
      if (answer.headers.get('ratelimit-policy')?.includes(`q=${requests};`)) return sinceMs;
      if (sinceMs > GIVE_UP_MS) return Number.POSITIVE_INFINITY;
      await delay(2);
    }
  }

  const times: Promise<number>[] = [];
  const state = { on: true };
  async function keepChanging(): Promise<void> {
    for (let n = 0; state.on; n++) {
      // The first tenant is the one under load; it stays as it is.
      if (tenants > 1) times.push(change(1 + (n % (tenants - 1)), 1_000_001 + n));
      await delay(1000 / perSecond);
    }
  }

  const subject = { processes: [gateway.process], load: { url: urlOf(0), headers } };
  const calm = await measure([{ name: 'no changes', ...subject }], effort);
  const changing = keepChanging();
  const busy = await measure([{ name: `${perSecond} changes a second`, ...subject }], { ...effort, warm: 0 });
  state.on = false;
  await changing;
  const sorted = (await Promise.all(times)).sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(0);

  process.stdout.write(`\n${tenants} tenants of ${routes} routes, ${effort.connections} connections\n`);
  printTable([...calm, ...busy], { calm: 0 });
  process.stdout.write(
    `\n${sorted.length} changes enforced after p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms\n`,
  );
} finally {
  await bed.close();
}
