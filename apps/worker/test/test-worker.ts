import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { secretsEnv } from '@parley/env/secrets';
import { appDatabaseEnv, storesEnv, workerDatabaseEnv } from '@parley/env/stores';
import { createProducer } from '@parley/jobs/producer';
import { QUEUES } from '@parley/jobs/queues';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { type DataKey, parseMasterKey } from '@parley/kernel/seal';
import type { StripeAccess } from '@parley/services/stripe/access';
import { noopLogger } from '@parley/telemetry/logger';
import { createMetrics } from '@parley/telemetry/metrics';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { AnyJob, Run } from '../src/job.ts';
import { memoryMailer } from '../src/mailer.ts';
import type { Ports } from '../src/ports.ts';

export interface TestWorker extends Ports {
  readonly mailer: ReturnType<typeof memoryMailer>;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Runs a job's handler once, as the runtime would. */
  run(job: AnyJob, payload: unknown, given?: Partial<Run<unknown>>): Promise<void>;
  /** Rows as a worker sees them. */
  rows<Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]): Promise<Row[]>;
  queue(name: (typeof QUEUES)[number]): Queue;
  close(): Promise<void>;
}

/** What a worker works with, on the stores of the environment and with queues of its own. */
export function testWorker(
  options: {
    redisUrl?: string;
    databaseUrl?: string;
    queuePrefix?: string;
    masterKey?: DataKey;
    stripe?: StripeAccess;
  } = {},
): TestWorker {
  const env = parseEnv({ ...workerDatabaseEnv, ...appDatabaseEnv, ...storesEnv, ...secretsEnv });
  const redisUrl = options.redisUrl ?? env.REDIS_URL;
  const databaseUrl = options.databaseUrl ?? env.WORKER_DATABASE_URL;
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 });
  pool.on('error', () => undefined);
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const queuePrefix = options.queuePrefix ?? `{test-${newId()}}`;
  const queues = new Map<string, Queue>();
  const ports: Ports & { mailer: ReturnType<typeof memoryMailer> } = {
    db: openDatabase({ url: databaseUrl, poolSize: 8 }),
    pool,
    redis,
    queuePrefix,
    producer: createProducer({ redisUrl, prefix: queuePrefix }),
    mailer: memoryMailer(),
    clock: systemClock,
    log: noopLogger,
    metrics: createMetrics(),
    portalUrl: 'http://portal.test',
    providers: {
      masterKey: options.masterKey ?? parseMasterKey(env.PARLEY_MASTER_KEY),
      allowedPrivate: ['127.0.0.0/8', '::1/128'],
    },
    platformSharePpm: 0,
    stripe: options.stripe ?? null,
    node: 'test',
  };
  const queue = (name: (typeof QUEUES)[number]): Queue => {
    const open = queues.get(name) ?? new Queue(name, { connection: redis, prefix: queuePrefix });
    queues.set(name, open);
    return open;
  };
  return {
    ...ports,
    databaseUrl,
    redisUrl,
    queue,
    run: (job, payload, given = {}) =>
      job.run(payload, { jobId: newId(), sinceMs: Date.now(), attempt: 1, ports, log: noopLogger, ...given }),
    async rows<Row extends pg.QueryResultRow>(sql: string, ...values: unknown[]) {
      const { rows } = await pool.query<Row>(sql, values);
      return rows;
    },
    async close() {
      for (const name of QUEUES) await queue(name).obliterate({ force: true });
      for (const open of queues.values()) await open.close();
      await ports.producer.close();
      await ports.db.close();
      await pool.end();
      redis.disconnect();
    },
  };
}
