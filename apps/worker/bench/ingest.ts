import { setTimeout as delay } from 'node:timers/promises';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { storesEnv, workerDatabaseEnv } from '@parley/env/stores';
import { createProducer } from '@parley/jobs/producer';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { noopLogger } from '@parley/telemetry/logger';
import { noopMetrics } from '@parley/telemetry/metrics';
import { Redis } from 'ioredis';
import pg from 'pg';
import { JOB_TABLE } from '../src/job-table.ts';
import { recomputeHour } from '../src/jobs/usage-rollup/recompute.ts';
import { memoryMailer } from '../src/mailer.ts';
import { startRuntime } from '../src/runtime.ts';
import { usageEvent } from '../test/usage-events.ts';

/**
 * Events per second from the queue into PostgreSQL, through the real queue and the real job, and what the rollup of the
 * hour costs afterwards. `node apps/worker/bench/ingest.ts [events] [events per batch]`. Removes what it wrote.
 */
const total = Number(process.argv[2] ?? 100_000);
const perBatch = Number(process.argv[3] ?? 1_000);
const env = parseEnv({ ...workerDatabaseEnv, ...storesEnv });
const pool = new pg.Pool({ connectionString: env.WORKER_DATABASE_URL, max: 12 });
const db = openDatabase({ url: env.WORKER_DATABASE_URL });
const redis = new Redis(env.REDIS_URL, { maxRetriesPerRequest: null });
const queuePrefix = `{bench-${newId()}}`;
const producer = createProducer({ redisUrl: env.REDIS_URL, prefix: queuePrefix });
const tenants = Array.from({ length: 5 }, () => newId());
const callers = Array.from({ length: 20 }, () => usageEvent({ tenantId: tenants[0] as string }));

function event(i: number): UsageEvent {
  const caller = callers[i % callers.length] as UsageEvent;
  const durationUs = Math.round(2_000 * 1.5 ** (Math.random() * 20));
  return {
    ...caller,
    id: newId(),
    tenantId: tenants[i % tenants.length] as string,
    durationUs,
    path: `/v1/orders/${i}`,
  };
}

async function stored(): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM usage_events WHERE tenant_id = ANY ($1::uuid[])',
    [tenants],
  );
  return rows[0]?.n ?? 0;
}

for (let sent = 0; sent < total; sent += perBatch) {
  const events = Array.from({ length: Math.min(perBatch, total - sent) }, (_, i) => event(sent + i));
  await producer.enqueue('usage.ingest', { segmentId: newId(), events }, { jobId: `bench-${newId()}` });
}

const cpu = process.cpuUsage();
const started = performance.now();
const runtime = startRuntime(
  {
    db,
    pool,
    redis,
    producer,
    queuePrefix,
    mailer: memoryMailer(),
    clock: systemClock,
    log: noopLogger,
    metrics: noopMetrics,
    portalUrl: 'http://127.0.0.1',
    providers: { masterKey: parseMasterKey(Buffer.alloc(32).toString('base64')), allowedPrivate: [] },
    platformSharePpm: 0,
    stripe: null,
    node: 'bench',
  },
  JOB_TABLE,
);
while ((await stored()) < total) await delay(100);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(`${total} events in ${seconds.toFixed(2)} s: ${Math.round(total / seconds)} events/s`);
console.log(`worker CPU per event: ${((user + system) / total).toFixed(1)} µs`);
await runtime.drain();

const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000);
const rollupStarted = performance.now();
for (const tenantId of tenants) await recomputeHour(pool, { tenantId, hour });
console.log(`rollup of the hour, ${tenants.length} tenants: ${Math.round(performance.now() - rollupStarted)} ms`);

for (const table of ['usage_events', 'usage_rollups', 'rollup_dirty_hours']) {
  await pool.query(`DELETE FROM ${table} WHERE tenant_id = ANY ($1::uuid[])`, [tenants]);
}
await producer.close();
await db.close();
await pool.end();
redis.disconnect();
