import { answerList, answerLoad } from '@parley/context/archive/answer-asks';
import { ingestContext } from '@parley/context/archive/ingest';
import { SessionStore } from '@parley/context/store/session-store';
import { type ContextRecord, contextRecordSchema } from '@parley/contracts/context-records';
import type { JobPayload } from '@parley/contracts/jobs';
import { redisKeys } from '@parley/contracts/redis-keys';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { MemoryJob } from '../src/ports/job-queue.ts';
import { testRedisUrl } from './world.ts';

/** What the worker does for sessions, over real PostgreSQL, for gateways whose jobs are kept in lists. */
export interface ContextWorker {
  readonly pool: pg.Pool;
  /** Nothing is done while it is false. */
  running: boolean;
  /** Takes the jobs of one more list. */
  follow(jobs: readonly MemoryJob[]): void;
  close(): Promise<void>;
}

const recordsOf = (lines: string): ContextRecord[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => contextRecordSchema.parse(JSON.parse(line)));

export function startContextWorker(): ContextWorker {
  const pool = new pg.Pool({ connectionString: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, max: 4 });
  const redis = new Redis(testRedisUrl());
  const store = new SessionStore(redis, 500);
  const lists: { readonly jobs: readonly MemoryJob[]; done: number }[] = [];
  let busy: Promise<void> = Promise.resolve();
  const work = async ({ name, payload }: MemoryJob): Promise<void> => {
    if (name === 'context.load') return answerLoad(pool, redis, payload as JobPayload<'context.load'>, store);
    if (name === 'context.list') return answerList(pool, redis, payload as JobPayload<'context.list'>);
    if (name !== 'context.ingest') return;
    const { segmentId, lines } = payload as JobPayload<'context.ingest'>;
    // Twice, as a queue may do it.
    await ingestContext(pool, store, recordsOf(lines));
    await ingestContext(pool, store, recordsOf(lines).reverse());
    await redis.set(redisKeys.contextSegmentDone(segmentId), '1', 'EX', 60);
  };
  const round = async (): Promise<void> => {
    for (const list of lists)
      while (worker.running && list.done < list.jobs.length) await work(list.jobs[list.done++] as MemoryJob);
  };
  let going = false;
  const timer = setInterval(() => {
    if (going) return;
    going = true;
    busy = round().finally(() => {
      going = false;
    });
  }, 5);
  const worker: ContextWorker = {
    pool,
    running: true,
    follow: (jobs) => lists.push({ jobs, done: 0 }),
    async close() {
      clearInterval(timer);
      await busy;
      await pool.end();
      redis.disconnect();
    },
  };
  return worker;
}
