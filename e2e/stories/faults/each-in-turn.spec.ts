import { expect, test } from '@playwright/test';
import pg from 'pg';
import { isAlive, kill } from '../../src/kill.ts';
import { Load } from '../../src/load.ts';
import { manage } from '../../src/management.ts';
import { poll } from '../../src/poll.ts';
import { running } from '../../src/running.ts';

const LIMIT = 12_000;
/** What a caller may be told while Redis is away; everything else must go on as if nothing had happened. */
const WITHOUT_REDIS = ['503 limiter_unavailable', '503 idempotency_unavailable', '503 metering_unavailable'];

test('worker, PostgreSQL and Redis killed in turn under load: nothing over the limit, nothing lost, nothing twice', async () => {
  const { base, apiKey, applicationSlug } = await makeGuardedApi();
  const load = new Load(base, apiKey, 12);
  const figures: string[] = [];
  try {
    await poll('calls to be served', async () => load.served > 300);

    for (const name of ['worker', 'postgres']) {
      const mark = load.ended.length;
      kill(name);
      await poll(`calls to go on without ${name}`, async () => load.ended.length > mark + 600);
      await backInService();
      const kinds = load.kindsSince(mark);
      figures.push(`${name} killed: ${JSON.stringify(kinds)}`);
      expect(Object.keys(kinds).sort(), `what callers saw of ${name}`).toEqual(['200', '201']);
    }

    const mark = load.ended.length;
    kill('redis');
    await poll('Redis to be missed', async () => WITHOUT_REDIS.some((kind) => kind in load.kindsSince(mark)));
    const missed = load.served;
    await poll('calls to be served again', async () => load.served > missed + 300);
    const kinds = load.kindsSince(mark);
    figures.push(`redis killed: ${JSON.stringify(kinds)}`);
    for (const kind of Object.keys(kinds)) expect(['200', '201', ...WITHOUT_REDIS]).toContain(kind);

    load.pauseMs = 0;
    await poll(
      'the limit to be used up',
      async () => {
        const { '429 quota_exceeded': quota = 0, '429 rate_limited': rate = 0 } = load.kindsSince(
          load.ended.length - 50,
        );
        return quota + rate === 50;
      },
      120_000,
    );
  } finally {
    await load.stop();
  }
  expect(load.broken, 'calls without any answer').toBe(0);
  expect(load.served).toBeLessThanOrEqual(LIMIT);
  const refusedLate = load.ended.filter(({ code }) => code === 'idempotency_unavailable').length;
  expect(load.served).toBeGreaterThanOrEqual(Math.floor(LIMIT * 0.99) - refusedLate);

  const orderIds = [...load.orders.values()].flatMap((ids) => [...ids]);
  expect(
    [...load.orders.values()].filter((ids) => ids.size !== 1),
    'keys with more than one order',
  ).toEqual([]);
  expect(new Set(orderIds).size, 'orders, each of one key').toBe(orderIds.length);

  await expectRecordedOnce(load, applicationSlug);
  test.info().annotations.push({ type: 'figures', description: [`${load.served} served`, ...figures].join('; ') });
});

/** An API of its own in front of the sample service, with policies that need each store, and a key for it. */
async function makeGuardedApi(): Promise<{ base: string; apiKey: string; applicationSlug: string }> {
  const slug = `sturdy-${process.pid}`;
  const plan = { slug: 'only', name: 'Only', approval: 'auto', limits: [{ requests: LIMIT, windowSeconds: 86_400 }] };
  const policies = {
    limits: {
      rules: [
        { algorithm: 'sliding', amount: 1_000_000, periodSeconds: 60 },
        { algorithm: 'concurrency', amount: 64 },
      ],
    },
    idempotency: {},
    shield: {},
    cache: {},
  };
  const routes = [
    { method: 'GET', path: '/parts/{id}', upstream: 'parts-service' },
    { method: 'POST', path: '/orders', upstream: 'parts-service' },
  ];
  const reply = await manage<{ keys: { secret: string }[] }>('POST', '/apply', {
    parley: 1,
    apis: [
      {
        slug,
        name: slug,
        kind: 'rest',
        plans: [plan],
        versions: [{ version: 'v1', state: 'published', routes, policies }],
      },
    ],
    applications: [
      { slug, name: slug, subscriptions: [{ api: `aurora/${slug}`, plan: 'only' }], keys: [{ name: 'main' }] },
    ],
  });
  const apiKey = reply.keys[0]?.secret;
  if (!apiKey) throw new Error('apply made no key');
  const base = `/aurora/${slug}/v1`;
  await poll('the gateway to know the API and its key', async () => {
    const response = await fetch(`${running().gatewayUrl}${base}/no-such-path`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    await response.arrayBuffer();
    return response.status === 404;
  });
  return { base, apiKey, applicationSlug: slug };
}

/** Waits until the portal answers with data again and a worker runs. */
async function backInService(): Promise<void> {
  await poll(
    'the product to be whole again',
    async () => {
      const { worker } = running().pids;
      if (!worker || !isAlive(worker)) return false;
      return manage('GET', '/export').then(
        () => true,
        () => false,
      );
    },
    90_000,
  );
}

/** Every call that was answered with success is in the ledger exactly once, and no other call of the application is. */
async function expectRecordedOnce(load: Load, applicationSlug: string): Promise<void> {
  const ids = load.ended.filter(({ status }) => status < 300).map(({ requestId }) => requestId);
  expect(new Set(ids).size).toBe(ids.length);
  const client = new pg.Client({ connectionString: running().databaseUrl });
  await client.connect();
  try {
    const recorded = async (): Promise<{ rows: number; ids: number }> => {
      const { rows } = await client.query<{ rows: number; ids: number }>(
        `SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids FROM usage_events
         WHERE status < 300 AND application_id = (SELECT id FROM applications WHERE slug = $1)`,
        [applicationSlug],
      );
      return rows[0] ?? { rows: 0, ids: 0 };
    };
    await poll('every served call in the ledger', async () => (await recorded()).ids >= ids.length, 120_000);
    expect(await recorded()).toEqual({ rows: ids.length, ids: ids.length });
    const { rows } = await client.query<{ found: number }>(
      'SELECT count(DISTINCT id)::int AS found FROM usage_events WHERE id = ANY($1::uuid[])',
      [ids],
    );
    expect(rows[0]?.found).toBe(ids.length);
  } finally {
    await client.end();
  }
}
