import { setTimeout as delay } from 'node:timers/promises';
import { redisKeys } from '@parley/contracts/redis-keys';
import { loadWorkerEnv } from '@parley/env/worker';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { noopMetrics } from '@parley/telemetry/metrics';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startWorker } from '../src/worker.ts';

/**
 * From a change being committed to its document being in the stream the gateways follow, in milliseconds, through a whole
 * worker. `node apps/worker/bench/publish.ts [changes] [changes per second]`. Takes over the queues of the environment
 * and leaves its tenants behind: give it stores of its own.
 */
const changes = Number(process.argv[2] ?? 300);
const perSecond = Number(process.argv[3] ?? 50);
const env = loadWorkerEnv();
const pool = new pg.Pool({ connectionString: env.databaseUrl });
const redis = new Redis(env.redisUrl);
const worker = await startWorker(env, { log: noopLogger, metrics: noopMetrics, node: 'bench' });
while ((await redis.exists(redisKeys.complete)) === 0) await delay(50);

const tenants = Array.from({ length: changes }, () => newId());
for (const id of tenants) {
  await pool.query('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', [id, `bench-${id}`]);
  await pool.query('INSERT INTO tenant_keys (tenant_id, id, sealed) VALUES ($1, $1, $2)', [id, 'v1.a.b.c']);
}

const committed = new Map<string, number>();
const took: number[] = [];
const follower = redis.duplicate();
const following = (async () => {
  let position = '$';
  while (took.length < changes) {
    const reply = await follower.xread('BLOCK', 5_000, 'STREAMS', redisKeys.changes, position);
    for (const [id, fields] of reply?.[0]?.[1] ?? []) {
      position = id;
      const change = JSON.parse(fields[1] ?? '{}') as { id: string };
      const at = committed.get(change.id);
      if (at !== undefined) took.push(performance.now() - at);
    }
  }
})();
await delay(200);
for (const id of tenants) {
  const client = await pool.connect();
  await client.query('BEGIN');
  const entry = [id, 'snapshot.tenant', { tenantId: id }];
  await client.query('INSERT INTO outbox_entries (tenant_id, topic, payload) VALUES ($1, $2, $3)', entry);
  committed.set(id, performance.now());
  await client.query('COMMIT');
  client.release();
  await delay(1000 / perSecond);
}
await following;
took.sort((a, b) => a - b);
const at = (share: number): string =>
  (took[Math.min(Math.floor(took.length * share), took.length - 1)] ?? 0).toFixed(1);
console.log(
  `${changes} changes at ${perSecond}/s, commit to change stream: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
);

await worker.drain();
await pool.query('DELETE FROM tenant_keys WHERE tenant_id = ANY ($1::uuid[])', [tenants]);
follower.disconnect();
redis.disconnect();
await pool.end();
