import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { appDatabaseEnv, workerDatabaseEnv } from '@parley/env/stores';
import { newId } from '@parley/kernel/id';
import { readFacts } from '@parley/services/usage/facts';
import { usageFilterInput } from '@parley/services/usage/usage-filter';
import { openWindow, rangeInput } from '@parley/services/usage/window';
import pg from 'pg';

/**
 * What reading 90 days of usage costs: `node apps/worker/bench/dashboards.ts [rollup rows]`. Each row stands for as many
 * calls as one wishes, here 100: 100,000 rows are 10 million calls. Removes what it wrote.
 */
const rows = Number(process.argv[2] ?? 100_000);
const env = parseEnv({ ...workerDatabaseEnv, ...appDatabaseEnv });
const pool = new pg.Pool({ connectionString: env.WORKER_DATABASE_URL });
const db = openDatabase({ url: env.APP_DATABASE_URL, poolSize: 1 });
const tenantId = newId();

await pool.query(
  `INSERT INTO usage_rollups (tenant_id, hour, consumer_tenant_id, application_id, key_id, api_id, api_version_id, plan_id, model,
     currency, requests, client_errors, server_errors, limited, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens,
     cost_nano, request_bytes, response_bytes, duration_us, latency_buckets, ttft_buckets)
   SELECT $1::uuid, date_trunc('hour', now(), 'UTC') - (n / $3::int) * interval '1 hour', $1::uuid, md5('app' || n % 10)::uuid,
     md5('key' || n % $3::int)::uuid, md5('api' || n % 12)::uuid, md5('version' || n % 12)::uuid, md5('plan')::uuid, 'model-' || n % 5,
     'USD', 100, 2, 1, 1, 9000, 100, 4000, 0, 1000000, 5000, 90000, 90000000, buckets.counts, buckets.counts
   FROM generate_series(0, $2::int - 1) n, (SELECT array_agg(i % 3) AS counts FROM generate_series(1, 128) i) buckets`,
  [tenantId, rows, Math.max(Math.ceil(rows / (90 * 24)), 1)],
);
await pool.query('ANALYZE usage_rollups').catch(() => undefined);

const filter = usageFilterInput.parse({ side: 'published' });
for (const range of ['24h', '7d', '30d', '90d'] as const) {
  for (const [dimension, withoutLatency] of [
    [null, true],
    ['api', true],
    [null, false],
    ['api', false],
  ] as const) {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const started = performance.now();
      await db.within({ tenantId }, async (tx) => {
        const window = await openWindow(tx, rangeInput.parse({ range }));
        await readFacts(tx, { tenantId, filter, window, bySteps: true, dimension, withoutLatency });
      });
      times.push(performance.now() - started);
    }
    const median = [...times].sort((a, b) => a - b)[2] ?? 0;
    console.log(
      `${range} by ${dimension ?? 'nothing'}${withoutLatency ? '' : ', with percentiles'}: ${Math.round(median)} ms`,
    );
  }
}
await pool.query('DELETE FROM usage_rollups WHERE tenant_id = $1', [tenantId]);
await db.close();
await pool.end();
