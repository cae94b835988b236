import type { PoliciesInput } from '@parley/contracts/policies';
import type { ApiSnapshot } from '@parley/contracts/snapshot';
import {
  api,
  apiKey,
  application,
  model,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from '../test/documents.ts';
import { publishApplication, publishTenant } from '../test/publish.ts';
import { completion } from '../test/upstream-server.ts';
import { Bed, option } from './bed.ts';
import { driver } from './drive.ts';
import { freePort } from './process.ts';
import { type Contestant, measure } from './rounds.ts';

/**
 * What deciding about limits costs a call: the same call without a limit, with limits whose permits are leased, and with
 * limits that the store is asked about for each call. Also how often Redis was asked.
 * `--seconds=2 --rounds=7 --connections=64 --warm=40000`
 */
const load = { seconds: option('seconds', 2), rounds: option('rounds', 7), connections: option('connections', 64) };
const warm = option('warm', 40_000);
const PLENTY = 1_000_000_000;
const PLAN = [{ requests: PLENTY, windowSeconds: 3600 }];

type Rules = NonNullable<PoliciesInput['limits']>['rules'];
interface Case {
  readonly name: string;
  readonly kind: 'rest' | 'chat';
  readonly plan?: typeof PLAN;
  readonly rules?: Rules;
}
const window = { algorithm: 'window', amount: PLENTY, periodSeconds: 3600 } as const;
const month = { algorithm: 'quota', every: 'month', amount: PLENTY } as const;
const CASES: readonly Case[] = [
  { name: 'REST, no limit', kind: 'rest' },
  { name: "REST, plan's limit: leased", kind: 'rest', plan: PLAN },
  {
    name: 'REST, plan and two rules: leased',
    kind: 'rest',
    plan: PLAN,
    rules: [
      { ...window, scope: 'key' },
      { ...month, scope: 'application' },
    ],
  },
  { name: 'REST, a rule per address: asked', kind: 'rest', rules: [{ ...window, scope: 'address' }] },
  { name: 'chat, no limit', kind: 'chat' },
  { name: "chat, plan's limit: leased", kind: 'chat', plan: PLAN },
  {
    name: 'chat, tokens and cost a month: held',
    kind: 'chat',
    rules: [
      { ...month, what: 'tokens' },
      { ...month, what: 'cost', amount: PLENTY },
    ],
  },
];

const bed = new Bed();

/** Scripts that Redis has run: those of limits, and a few for each segment of usage records. */
async function scriptsRun(): Promise<number> {
  const stats = await bed.redis.info('commandstats');
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

try {
  const restPort = await bed.upstream('{"ok":true,"items":[1,2,3]}');
  const chatPort = await bed.upstream(JSON.stringify(completion('Hello there, how can I help you today?')));
  const shop = publisher(`bench-${process.pid}`);
  const target = upstream(shop, `http://127.0.0.1:${restPort}`, { auth: null }).id;
  const source = provider(shop, `http://127.0.0.1:${chatPort}/v1`).id;
  const key = apiKey();
  const made = CASES.map(({ kind, plan = [], rules }, at): ApiSnapshot => {
    const slug = `case-${at}`;
    if (kind === 'chat') model(shop, source, slug);
    const one =
      kind === 'rest' ? restApi(shop, slug, target, plan) : api(shop, slug, { kind: 'llm', models: [slug] }, plan);
    for (const version of one.versions) if (rules !== undefined) version.policies = { limits: { rules } };
    return one;
  });
  await publishTenant(bed.redis, shop.doc);
  const subscriptions = made.map((one) => subscription(shop, one));
  await publishApplication(bed.redis, application(subscriptions, [key.entry]));
  const { process: gateway, url } = await bed.gateway(await freePort());

  const asked = CASES.map(() => 0);
  const contestants = CASES.map(({ name, kind }, at): Contestant => {
    const address = `${url}/${shop.doc.slug}/case-${at}/v1`;
    const messages = [{ role: 'user', content: 'Hello, can you help me?' }];
    const headers = { 'x-api-key': key.secret };
    return {
      name,
      processes: [gateway],
      load:
        kind === 'rest'
          ? { url: `${address}/x`, headers }
          : {
              url: `${address}/chat/completions`,
              headers: { ...headers, 'content-type': 'application/json' },
              body: JSON.stringify({ model: `case-${at}`, max_tokens: 64, messages }),
            },
      beside: () => {
        const before = scriptsRun();
        return async () => {
          asked[at] = (asked[at] ?? 0) + (await scriptsRun()) - (await before);
        };
      },
    };
  });
  const rows = await measure(contestants, { ...load, warm });
  process.stdout.write(
    `\n${driver}, ${load.connections} connections, ${load.rounds} rounds of ${load.seconds} s each, medians; one process on one core\n`,
  );
  const line = (name: string, cells: readonly string[]): void => {
    process.stdout.write(`${name.padEnd(38)}${cells.map((cell) => cell.padStart(16)).join('')}\n`);
  };
  line('what', ['requests/s', 'CPU µs/request', 'added µs', 'Redis per call', 'failed']);
  for (const [at, row] of rows.entries()) {
    const base = rows[CASES.findIndex(({ kind }) => kind === CASES[at]?.kind)]?.cpuUs ?? Number.NaN;
    line(row.name, [
      row.perSecond.toFixed(0),
      row.cpuUs.toFixed(1),
      (row.cpuUs - base).toFixed(1),
      ((asked[at] ?? 0) / row.requests).toFixed(3),
      String(row.failed),
    ]);
  }
} finally {
  await bed.close();
}
