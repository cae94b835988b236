import { JOBS, type JobName, type QueueName } from '@parley/contracts/jobs';
import { redisKeys } from '@parley/contracts/redis-keys';

/** Every queue, once, in the order of the job table. */
export const QUEUES: readonly QueueName[] = [...new Set(Object.values(JOBS).map((job) => job.queue))];

/** Jobs that run on a queue. */
export function jobsOn(queue: QueueName): JobName[] {
  return (Object.keys(JOBS) as JobName[]).filter((name) => JOBS[name].queue === queue);
}

/** Prefix of BullMQ's keys; its hash tag keeps a queue on one slot of a Redis Cluster. */
export const QUEUE_PREFIX = redisKeys.queuePrefix;
