import { setTimeout as delay } from 'node:timers/promises';
import { apiKey, application, publisher, restApi, subscription, upstream } from '../test/documents.ts';
import { publishApplication, publishTenant } from '../test/publish.ts';
import { Bed, option } from './bed.ts';
import { freePort } from './process.ts';
import { measure, printTable, type Row } from './rounds.ts';

/**
 * Changes of configuration under load: how long until a change is enforced, and what the calls notice of it. Tenants of
 * many routes each; a change alters one tenant's plan, which every answer states in its `RateLimit-Policy`. Rounds with and
 * without changes take turns; those without publish as much, to a database no gateway reads, and make as many calls beside
 * the load. Once with few connections, which leave the gateway time, and once with as many as it can serve.
 * `--seconds=3 --rounds=7 --few=2 --connections=16 --warm=40000 --tenants=50 --routes=100 --per-second=50`
 */
const tenants = option('tenants', 50);
const routes = option('routes', 100);
const perSecond = option('per-second', 50);
const effort = { seconds: option('seconds', 3), rounds: option('rounds', 7), warm: option('warm', 40_000) };
const levels = [option('few', 2), option('connections', 16)];
const GIVE_UP_MS = 10_000;
const PROBE_MS = 2;

const bed = new Bed();
const elsewhere = bed.redis.duplicate();
try {
  await elsewhere.select(1);
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

  /** Calls each change took to be seen, in turn: rounds without changes make as many. */
  const probes: number[] = [];
  const times: number[] = [];

  /** Calls a tenant until its answer states this plan or a later one; says how many calls that took. */
  async function enforced(at: number, requests: number): Promise<number> {
    const published = performance.now();
    for (let calls = 1; ; calls++) {
      const answer = await fetch(urlOf(at), { headers });
      await answer.text();
      const sinceMs = performance.now() - published;
      // A later change of the same tenant may have overtaken this one.
      const seen = Number(/q=(\d+);/.exec(answer.headers.get('ratelimit-policy') ?? '')?.[1]) >= requests;
      if (seen || sinceMs > GIVE_UP_MS) times.push(seen ? sinceMs : Number.POSITIVE_INFINITY);
      if (seen || sinceMs > GIVE_UP_MS) return calls;
      await delay(PROBE_MS);
    }
  }

  let changes = 0;
  async function change(real: boolean): Promise<void> {
    // The first tenant is the one under load; it stays as it is.
    const at = 1 + (changes % (tenants - 1));
    const requests = 1_000_001 + changes++;
    const entry = publishers[at];
    if (entry === undefined) throw new Error('there is no such tenant');
    const plan = entry.api.plans[0]?.limits[0];
    if (real && plan) plan.requests = requests;
    if (real) entry.pub.doc.version++;
    await publishTenant(real ? bed.redis : elsewhere, entry.pub.doc);
    if (real) {
      probes.push(await enforced(at, requests));
      return;
    }
    for (let calls = probes[changes % Math.max(1, probes.length)] ?? 1; calls > 0; calls--) {
      await fetch(urlOf(at), { headers }).then((answer) => answer.text());
      if (calls > 1) await delay(PROBE_MS);
    }
  }

  /** Changes at an even pace until it is ended. */
  function keepChanging(real: boolean): () => Promise<void> {
    const running: Promise<void>[] = [];
    const timer = setInterval(() => running.push(change(real)), 1000 / perSecond);
    return async () => {
      clearInterval(timer);
      await Promise.all(running);
    };
  }

  const subject = { processes: [gateway.process], load: { url: urlOf(0), headers } };
  const contestants = [
    { name: 'no changes', ...subject, beside: () => keepChanging(false) },
    { name: `${perSecond} changes a second`, ...subject, beside: () => keepChanging(true) },
  ];
  const ratio = (name: keyof Row, [calm, busy]: readonly Row[]): string =>
    (Number(busy?.[name]) / Number(calm?.[name])).toFixed(2);
  process.stdout.write(`\n${tenants} tenants of ${routes} routes; medians of ${effort.rounds} rounds in turns\n`);
  for (const [at, connections] of levels.entries()) {
    const rows = await measure(contestants, { ...effort, warm: at === 0 ? effort.warm : 0, connections });
    const [calm, busy] = rows;
    const used = calm ? (calm.cpuUs * calm.perSecond) / 1e4 : Number.NaN;
    process.stdout.write(`\n${connections} connections, ${used.toFixed(0)} % of the gateway's core used\n`);
    printTable(rows, { calm: 0 });
    const more = busy && calm ? ((busy.cpuUs - calm.cpuUs) * busy.perSecond) / perSecond : Number.NaN;
    process.stdout.write(`\nwith changes: p50 × ${ratio('p50Us', rows)}, p99 × ${ratio('p99Us', rows)}, `);
    process.stdout.write(`${(more / 1000).toFixed(2)} ms of CPU time a change\n`);
  }
  const sorted = times.sort((a, b) => a - b);
  const share = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN).toFixed(0);
  process.stdout.write(
    `\n${sorted.length} changes enforced after p50 ${share(0.5)} ms, p99 ${share(0.99)} ms, max ${share(1)} ms\n`,
  );
} finally {
  elsewhere.disconnect();
  await bed.close();
}
