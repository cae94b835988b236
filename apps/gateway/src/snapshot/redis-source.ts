import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import type { JobQueue } from '../ports/job-queue.ts';
import type { SnapshotSource } from './source.ts';

const ASK_AGAIN_SECONDS = 15;

/** Reads documents from Redis under the names of `redisKeys`. */
export function redisSource(redis: Redis, jobs: JobQueue): SnapshotSource {
  return {
    tenantIdOf: (slug) => redis.hget(redisKeys.tenantSlugs, slug),
    applicationIdOf: (name) => redis.hget(redisKeys.secretIndex, name),
    document: (kind, id) =>
      redis.get(kind === 'tenant' ? redisKeys.tenantSnapshot(id) : redisKeys.applicationSnapshot(id)),
    isComplete: async () => (await redis.exists(redisKeys.complete)) === 1,
    async askRepublish(reason) {
      const first = await redis.set(redisKeys.republishAsked, '1', 'EX', ASK_AGAIN_SECONDS, 'NX');
      if (first === 'OK') await jobs.enqueue('snapshot.republish', { reason });
    },
  };
}
