import { fileURLToPath } from 'node:url';
import { QUEUE_PREFIX } from '@parley/jobs/queues';
import { type Child, startChild } from '@parley/testkit/child';
import { freePort } from '@parley/testkit/free-port';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MASTER_KEY, publisher, type Receiver, startReceiver } from './event-world.ts';
import { type OwnDatabase, ownDatabase } from './own-database.ts';
import { canHaveRedis, type OwnRedis, ownRedis } from './own-redis.ts';
import { type TestWorker, testWorker } from './test-worker.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe.skipIf(!canHaveRedis)('events, through whole workers (skipped where Redis runs in a container only)', () => {
  let database: OwnDatabase;
  let redis: OwnRedis;
  let worker: TestWorker;
  let receiver: Receiver;
  const children: Child[] = [];

  beforeAll(async () => {
    [database, redis, receiver] = await Promise.all([ownDatabase(), ownRedis(), startReceiver()]);
    worker = testWorker({ databaseUrl: database.workerUrl, redisUrl: redis.url, queuePrefix: QUEUE_PREFIX });
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await receiver.close();
    await worker.close();
    await Promise.all([redis.stop(), database.drop()]);
  });

  async function start(): Promise<Child> {
    const env = {
      WORKER_DATABASE_URL: database.workerUrl,
      REDIS_URL: redis.url,
      PARLEY_MASTER_KEY: MASTER_KEY,
      PARLEY_KEY_PEPPER: 'p'.repeat(32),
      PARLEY_ALLOWED_PRIVATE: '127.0.0.0/8',
      PORTAL_URL: 'http://portal.test',
      GATEWAY_URL: 'http://gateway.test',
      WORKER_HEALTH_PORT: String(await freePort()),
      WORKER_HEALTH_HOST: '127.0.0.1',
    };
    const child = await startChild(MAIN, { env });
    children.push(child);
    await child.waitForLine(/the worker is ready/);
    return child;
  }

  it('survive the death of their queue and of the worker that sends them, each under one id', async () => {
    const owner = await publisher(worker);
    const to = { id: await owner.upstream('hooks', receiver.url), slug: 'hooks' };
    // A time-out longer than the worker lives: nobody but another worker ends these tries.
    const rules = { retryAfterSeconds: [1], timeoutSeconds: 3, concurrency: 20 };
    const events = Array.from({ length: 30 }, () => owner.event([to], { rules }));
    for (const event of events) await worker.producer.enqueue('event.accept', event, { jobId: `event-${event.id}` });
    await redis.restart();
    receiver.answer = (call) => (call % 3 === 0 ? { status: 204 } : 'hang');
    const first = await start();
    await waitFor('some to be on their way', async () => receiver.running >= 10, { timeoutMs: 30_000, everyMs: 5 });
    await first.kill('SIGKILL');
    receiver.answer = () => ({ status: 204 });
    receiver.release();
    const second = await start();
    await waitFor(
      'every event to be delivered',
      async () => {
        const [row] = await worker.rows<{ n: number }>(
          `SELECT count(*)::int AS n FROM webhook_deliveries WHERE tenant_id = $1 AND state = 'delivered'`,
          owner.tenantId,
        );
        return row?.n === events.length;
      },
      { timeoutMs: 60_000 },
    );
    const ids = receiver.calls.map(({ headers }) => String(headers['webhook-id']));
    expect([...new Set(ids)].sort()).toEqual(events.map(({ id }) => id).sort());
    // What was in the middle of being sent came again.
    expect(receiver.calls.length).toBeGreaterThan(events.length);
    await second.kill('SIGTERM');
    expect(second.ended).toBe(0);
  }, 180_000);
});
