import { redisKeys } from '@parley/contracts/redis-keys';
import { Queue } from 'bullmq';
import { running } from './running.ts';

/** Does something with one of the running product's queues, and lets go of it. */
export async function withQueue<T>(name: string, act: (queue: Queue) => Promise<T>): Promise<T> {
  const { hostname, port, password } = new URL(running().redisUrl);
  const connection = { host: hostname, port: Number(port), ...(password ? { password } : {}) };
  const queue = new Queue(name, { connection, prefix: redisKeys.queuePrefix });
  // Redis may be killed meanwhile; what is asked of it then fails by itself.
  queue.on('error', () => undefined);
  try {
    return await act(queue);
  } finally {
    await queue.close();
  }
}
