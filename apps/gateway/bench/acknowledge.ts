import { redisKeys } from '@parley/contracts/redis-keys';
import type { Redis } from 'ioredis';

/**
 * Stands for the worker: takes usage jobs off the queue and leaves receipts, so that the gateway's spool is emptied as
 * in real life. Returns what stops it.
 */
export function acknowledge(redis: Redis): () => void {
  const queue = `${redisKeys.queuePrefix}:usage`;
  async function round(): Promise<void> {
    for (const id of (await redis.lpop(`${queue}:wait`, 500)) ?? []) {
      const payload = await redis.hget(`${queue}:${id}`, 'data');
      const { segmentId } = JSON.parse(payload ?? '{}') as { segmentId?: string };
      await redis.del(`${queue}:${id}`);
      if (segmentId !== undefined) await redis.set(redisKeys.usageSegmentDone(segmentId), '1', 'EX', 600);
    }
  }
  const timer = setInterval(() => void round(), 100);
  return () => clearInterval(timer);
}
