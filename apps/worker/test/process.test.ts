import { fileURLToPath } from 'node:url';
import { redisKeys } from '@parley/contracts/redis-keys';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { QUEUE_PREFIX } from '@parley/jobs/queues';
import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { type Child, startChild } from '@parley/testkit/child';
import { freePort } from '@parley/testkit/free-port';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnDatabase, ownDatabase } from './own-database.ts';
import { canHaveRedis, type OwnRedis, ownRedis } from './own-redis.ts';
import { type TestWorker, testWorker } from './test-worker.ts';
import { usageEvent } from './usage-events.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe.skipIf(!canHaveRedis)('whole worker processes (skipped where Redis runs in a container only)', () => {
  let database: OwnDatabase;
  let redis: OwnRedis;
  let worker: TestWorker;
  const children: Child[] = [];

  beforeAll(async () => {
    [database, redis] = await Promise.all([ownDatabase(), ownRedis()]);
    worker = testWorker({ databaseUrl: database.workerUrl, redisUrl: redis.url, queuePrefix: QUEUE_PREFIX });
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await worker.close();
    await Promise.all([redis.stop(), database.drop()]);
  });

  async function start(): Promise<{ child: Child; healthUrl: string }> {
    const port = await freePort();
    const env = {
      WORKER_DATABASE_URL: database.workerUrl,
      REDIS_URL: redis.url,
      PARLEY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      PARLEY_KEY_PEPPER: 'p'.repeat(32),
      PORTAL_URL: 'http://portal.test',
      GATEWAY_URL: 'http://gateway.test',
      WORKER_HEALTH_PORT: String(port),
      WORKER_HEALTH_HOST: '127.0.0.1',
    };
    const child = await startChild(MAIN, { env });
    children.push(child);
    await child.waitForLine(/the worker is ready/);
    return { child, healthUrl: `http://127.0.0.1:${port}` };
  }

  const complete = () =>
    waitFor('a full publish', async () => (await worker.redis.exists(redisKeys.complete)) === 1, { timeoutMs: 60_000 });

  const send = (tenantId: string, batches: number, perBatch: number): UsageEvent[][] =>
    Array.from({ length: batches }, () => Array.from({ length: perBatch }, () => usageEvent({ tenantId })));

  const enqueue = (batches: UsageEvent[][], suffix = ''): Promise<unknown> =>
    worker.producer.enqueueAll(
      batches.map((events) => {
        const segmentId = `segment-${must(events[0], 'an event').id}`;
        return { name: 'usage.ingest', payload: { segmentId, events }, jobId: `${segmentId}${suffix}` };
      }),
    );

  const storedCount = async (tenantId: string): Promise<number> =>
    (await worker.rows<{ n: number }>('SELECT count(*)::int AS n FROM usage_events WHERE tenant_id = $1', tenantId))[0]
      ?.n ?? 0;

  const rolledUp = async (tenantId: string): Promise<number> =>
    (
      await worker.rows<{ n: number }>(
        'SELECT coalesce(sum(requests), 0)::int AS n FROM usage_rollups WHERE tenant_id = $1',
        tenantId,
      )
    )[0]?.n ?? 0;

  async function expectEachOnce(tenantId: string, batches: UsageEvent[][]): Promise<void> {
    const sent = batches.flat();
    await waitFor('every event', async () => (await storedCount(tenantId)) >= sent.length, { timeoutMs: 60_000 });
    const ids = await worker.rows<{ id: string }>(
      'SELECT id FROM usage_events WHERE tenant_id = $1 ORDER BY id',
      tenantId,
    );
    expect(ids.map((row) => row.id)).toEqual(sent.map((event) => event.id).sort());
    for (const events of batches) {
      const done = redisKeys.usageSegmentDone(`segment-${must(events[0], 'an event').id}`);
      await waitFor('the receipt of a segment', async () => (await worker.redis.exists(done)) === 1, {
        timeoutMs: 60_000,
      });
    }
    await waitFor('the rollup', async () => (await rolledUp(tenantId)) === sent.length, { timeoutMs: 60_000 });
  }

  it('killed in the middle of storing usage, and started again, store each event once', async () => {
    const tenantId = newId();
    const batches = send(tenantId, 60, 250);
    const { child } = await start();
    await enqueue(batches);
    await waitFor('some events to be stored', async () => (await storedCount(tenantId)) > 0, { everyMs: 1 });
    await child.kill('SIGKILL');
    const atDeath = await storedCount(tenantId);
    expect(atDeath).toBeLessThan(batches.flat().length);
    const second = await start();
    await enqueue(batches.slice(0, 20), '.1');
    await expectEachOnce(tenantId, batches);
    await second.child.kill('SIGTERM');
  }, 180_000);

  it('live through a Redis that is killed and comes back, and lose nothing', async () => {
    const tenantId = newId();
    const batches = send(tenantId, 40, 250);
    const { child, healthUrl } = await start();
    await enqueue(batches);
    await waitFor('some events to be stored', async () => (await storedCount(tenantId)) > 0, { everyMs: 1 });
    await redis.restart();
    await expectEachOnce(tenantId, batches);
    await waitFor('the worker to be ready again', async () => (await fetch(`${healthUrl}/readyz`)).status === 200);
    expect(child.ended).toBeNull();
    await child.kill('SIGTERM');
  }, 180_000);

  it('publish everything again, and their schedules, when Redis has lost its data', async () => {
    const tenantId = newId();
    const slug = `t-${tenantId}`;
    await worker.rows('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', tenantId, slug);
    await worker.rows('INSERT INTO tenant_keys (tenant_id, id, sealed) VALUES ($1, $1, $2)', tenantId, 'v1.a.b.c');
    const { child } = await start();
    await complete();
    await worker.redis.flushall();
    await complete();
    expect(await worker.redis.hget(redisKeys.tenantSlugs, slug)).toBe(tenantId);
    await waitFor('the schedules', async () => (await worker.queue('rollup').getJobSchedulersCount()) > 0);
    const batches = send(tenantId, 1, 1);
    await enqueue(batches);
    await expectEachOnce(tenantId, batches);
    await child.kill('SIGTERM');
  }, 180_000);

  it('bring changes to the gateways, say how they stand, and end with 0 on SIGTERM', async () => {
    const tenantId = newId();
    await worker.rows('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', tenantId, `t-${tenantId}`);
    await worker.rows('INSERT INTO tenant_keys (tenant_id, id, sealed) VALUES ($1, $1, $2)', tenantId, 'v1.a.b.c');
    const { child, healthUrl } = await start();
    await complete();
    const version = async () =>
      JSON.parse((await worker.redis.get(redisKeys.tenantSnapshot(tenantId))) ?? '{}').version ?? 0;
    for (let i = 0; i < 5; i++) {
      const before = await version();
      await worker.rows(
        'INSERT INTO outbox_entries (tenant_id, topic, payload) VALUES ($1, $2, $3)',
        tenantId,
        'snapshot.tenant',
        { tenantId },
      );
      await waitFor('a newer document', async () => (await version()) > before, { timeoutMs: 15_000 });
    }
    const metrics = await (await fetch(`${healthUrl}/metrics`)).text();
    expect(metrics).toMatch(/parley_snapshot_publish_seconds_count\{kind="tenant"\} [1-9]/);
    expect(metrics).toMatch(/parley_jobs_total\{job="snapshot.tenant",outcome="done"\}/);
    const beats = () => worker.rows('SELECT 1 FROM worker_beats WHERE node LIKE $1', `%-${child.pid}`);
    await waitFor('the beat', async () => (await beats()).length === 1);
    expect(await child.kill('SIGTERM')).toBe(0);
    expect(await beats()).toEqual([]);
  }, 180_000);
});
