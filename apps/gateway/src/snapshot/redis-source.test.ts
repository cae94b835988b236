import { redisKeys } from '@parley/contracts/redis-keys';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { memoryJobQueue } from '../ports/job-queue.ts';
import { redisSource } from './redis-source.ts';

it('asks for a republish once, however many nodes and calls find Redis empty', async () => {
  const redis = new Redis(parseEnv(storesEnv).REDIS_URL);
  const jobs = memoryJobQueue();
  const nodes = [redisSource(redis, jobs), redisSource(redis, jobs), redisSource(redis, jobs)];
  await redis.del(redisKeys.republishAsked);
  await Promise.all(nodes.map((node) => node.askRepublish('empty')));
  expect(jobs.jobs).toEqual([{ name: 'snapshot.republish', payload: { reason: 'empty' }, jobId: undefined }]);
  expect(await redis.ttl(redisKeys.republishAsked)).toBeGreaterThan(0);
  redis.disconnect();
});
