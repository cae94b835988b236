import { redisKeys } from '@parley/contracts/redis-keys';
import type { Logger } from '@parley/telemetry/logger';
import type { Redis } from 'ioredis';
import type { JobQueue } from '../job-queue.ts';

const ASK_AGAIN_SECONDS = 15;

/** Asks the worker to restore what Redis has lost of counters; of all nodes one asks, and not again for a while. */
export function askRebuild(redis: Redis, jobs: JobQueue, log: Logger): () => void {
  const ask = async (): Promise<void> => {
    const first = await redis.set(redisKeys.limitRebuildAsked, '1', 'EX', ASK_AGAIN_SECONDS, 'NX');
    if (first !== 'OK') return;
    log.error('Redis has lost counters of limits; asking for them to be restored');
    await jobs.enqueue('limits.rebuild', { reason: 'a gateway found no counters' });
  };
  return () => void ask().catch((error: unknown) => log.warn('restoring counters could not be asked for', { error }));
}
