import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';
import type { Receipts } from './shipper.ts';

/** Receipts the worker leaves in Redis after its commit. */
export function redisReceipts(redis: Redis, keyOf = redisKeys.usageSegmentDone): Receipts {
  return {
    async committed(segmentIds) {
      if (segmentIds.length === 0) return [];
      const values = await redis.mget(segmentIds.map((id) => keyOf(id)));
      return values.map((value) => value !== null);
    },
  };
}
