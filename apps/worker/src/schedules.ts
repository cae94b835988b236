import { JOBS, type JobName, type JobPayload, type QueueName } from '@parley/contracts/jobs';
import { jobOptions } from '@parley/jobs/job-options';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

type Schedule = { [N in JobName]: { name: N; id: string; everyMs: number; payload: JobPayload<N> } }[JobName];

/** Every recurring job. A run that takes longer than its interval delays the next one; none runs twice at once. */
export const SCHEDULES: readonly Schedule[] = [
  { name: 'usage.rollup', id: 'rollup-new-events', everyMs: 5_000, payload: {} },
  { name: 'checks.run', id: 'checks', everyMs: 3_600_000, payload: {} },
  { name: 'checks.run', id: 'checks-deep', everyMs: 86_400_000, payload: { deep: true } },
  // What a sweep notes is enforced by the gateways already; it only has to be seen soon.
  { name: 'expiry.sweep', id: 'expiry', everyMs: 10_000, payload: {} },
  { name: 'partition.maintain', id: 'partitions', everyMs: 3_600_000, payload: {} },
];

/** Schedules of releases before, still in Redis there. */
const RETIRED = ['rollup-check'];

/** Writes the schedules to Redis; safe to repeat, by any number of workers, and after Redis lost its data. */
export async function applySchedules(redis: Redis, prefix: string): Promise<void> {
  const byQueue = Map.groupBy(SCHEDULES, (schedule): QueueName => JOBS[schedule.name].queue);
  for (const [name, schedules] of byQueue) {
    const queue = new Queue(name, { connection: redis, prefix });
    for (const id of RETIRED) await queue.removeJobScheduler(id);
    for (const { id, everyMs, name: job, payload } of schedules) {
      const { deduplication: _none, ...opts } = jobOptions(job, payload);
      await queue.upsertJobScheduler(id, { every: everyMs }, { name: job, data: payload, opts });
    }
    await queue.close();
  }
}
