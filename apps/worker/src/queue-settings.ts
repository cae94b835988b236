import type { QueueName } from '@parley/contracts/jobs';

export interface QueueSettings {
  /** Jobs run at once by one process. */
  readonly concurrency: number;
  /** A job whose process died is taken up by another after at most lock and interval together. */
  readonly lockDuration: number;
  readonly stalledInterval: number;
  /** How often a process may die over one job before the job is blamed. */
  readonly maxStalledCount: number;
}

export const QUEUE_SETTINGS: Readonly<Record<QueueName, QueueSettings>> = {
  snapshot: { concurrency: 8, lockDuration: 5_000, stalledInterval: 2_000, maxStalledCount: 20 },
  // A batch of usage is never blamed: it would be lost usage.
  usage: { concurrency: 3, lockDuration: 10_000, stalledInterval: 3_000, maxStalledCount: 1_000_000 },
  // An accepted event is never blamed either.
  events: { concurrency: 8, lockDuration: 10_000, stalledInterval: 3_000, maxStalledCount: 1_000_000 },
  rollup: { concurrency: 1, lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 20 },
  mail: { concurrency: 8, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 5 },
  // A run goes on for minutes; its process renews the lock.
  bench: { concurrency: 4, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 20 },
  // A document of thousands of passages takes minutes.
  knowledge: { concurrency: 2, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 20 },
  bodies: { concurrency: 2, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 5 },
  // Turns of sessions are never blamed, as usage.
  context: { concurrency: 3, lockDuration: 10_000, stalledInterval: 3_000, maxStalledCount: 1_000_000 },
  // Somebody waits for the answer.
  'context-asks': { concurrency: 8, lockDuration: 10_000, stalledInterval: 3_000, maxStalledCount: 5 },
  // Restoring waits for the gateways a while.
  limits: { concurrency: 1, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 20 },
  // Its parts wait for another machine; rows have leases of their own.
  stripe: { concurrency: 3, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 20 },
  maintenance: { concurrency: 1, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 20 },
};
