import { openDatabase } from '@parley/db/client';
import type { WorkerEnv } from '@parley/env/worker';
import { createProducer } from '@parley/jobs/producer';
import { QUEUE_PREFIX } from '@parley/jobs/queues';
import { systemClock } from '@parley/kernel/clock';
import { parseMasterKey } from '@parley/kernel/seal';
import { openStripe } from '@parley/services/stripe/access';
import type { Logger } from '@parley/telemetry/logger';
import type { Metrics } from '@parley/telemetry/metrics';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startDeliverer } from './deliveries/deliverer.ts';
import { startHealth } from './health.ts';
import { startHeartbeat } from './heartbeat.ts';
import { JOB_TABLE } from './job-table.ts';
import { noMailer, smtpMailer } from './mailer.ts';
import { startRelay } from './outbox/relay.ts';
import type { Ports } from './ports.ts';
import { watchRedis } from './redis-watch.ts';
import { startRuntime } from './runtime.ts';
import { applySchedules } from './schedules.ts';

export interface RunningWorker {
  readonly healthPort: number;
  /** Takes nothing new, finishes what runs, closes everything. */
  drain(): Promise<void>;
}

/** Starts a worker process: what it takes from the environment is in `env`, everything else is made here. */
export async function startWorker(
  env: WorkerEnv,
  { log, metrics, node }: { log: Logger; metrics: Metrics; node: string },
): Promise<RunningWorker> {
  const redis = new Redis(env.redisUrl, { maxRetriesPerRequest: null, connectionName: 'parley-worker' });
  redis.on('error', (error) => log.warn('Redis cannot be reached at the moment', { error }));
  const pool = new pg.Pool({ connectionString: env.databaseUrl, max: 12, connectionTimeoutMillis: 10_000 });
  pool.on('error', (error) => log.warn('an idle database connection broke', { error }));
  const db = openDatabase({ url: env.databaseUrl, poolSize: 16 });
  const producer = createProducer({ redisUrl: env.redisUrl });
  const mailer = env.smtpUrl
    ? smtpMailer({ smtpUrl: env.smtpUrl, from: env.mailFrom })
    : noMailer((mail) => log.warn('no mail server is set (SMTP_URL): a mail was not sent', { subject: mail.subject }));
  const { portalUrl, allowedPrivate, platformSharePpm } = env;
  const masterKey = parseMasterKey(env.masterKey);
  const ports: Ports = {
    db,
    pool,
    redis,
    producer,
    mailer,
    log,
    metrics,
    portalUrl,
    platformSharePpm,
    providers: { masterKey, allowedPrivate },
    stripe: openStripe(env.stripe),
    node,
    queuePrefix: QUEUE_PREFIX,
    clock: systemClock,
  };

  const { workerHealthHost: host, workerHealthPort: port } = env;
  const health = await startHealth({ host, port, pool, redis, metrics, log });
  await applySchedules(redis, ports.queuePrefix);
  const runtime = startRuntime(ports, JOB_TABLE);
  const relay = startRelay({ databaseUrl: env.databaseUrl, pool, producer, log });
  const deliverer = startDeliverer({
    pool,
    master: masterKey,
    allowedPrivate,
    clock: systemClock,
    log,
    metrics,
  });
  const watch = watchRedis(ports);
  const heartbeat = startHeartbeat(ports);
  return {
    healthPort: health.port,
    async drain() {
      health.startDraining();
      await Promise.all([relay.stop(), watch.stop(), runtime.drain(), deliverer.stop()]);
      await heartbeat.stop();
      mailer.close();
      await Promise.all([producer.close(), db.close(), pool.end(), health.close()]);
      redis.disconnect();
    },
  };
}
