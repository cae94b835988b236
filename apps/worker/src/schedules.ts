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
  { name: 'billing.accrue', id: 'accrue-changes', everyMs: 15_000, payload: {} },
  { name: 'billing.accrue', id: 'accrue-all', everyMs: 3_600_000, payload: { all: true } },
  // Nothing is done where no counters were restored lately.
  { name: 'limits.correct', id: 'limits-soon', everyMs: 15_000, payload: {} },
  { name: 'limits.correct', id: 'limits-late', everyMs: 3_600_000, payload: { long: true } },
  // What a sweep notes is enforced by the gateways already; it only has to be seen soon.
  { name: 'expiry.sweep', id: 'expiry', everyMs: 10_000, payload: {} },
  { name: 'stripe.sync', id: 'stripe-events', everyMs: 5_000, payload: { part: 'events' } },
  { name: 'stripe.sync', id: 'stripe-sweep', everyMs: 300_000, payload: { part: 'sweep' } },
  { name: 'stripe.sync', id: 'stripe-meters', everyMs: 600_000, payload: { part: 'meters' } },
  { name: 'billing.close', id: 'billing-close', everyMs: 900_000, payload: {} },
  { name: 'budget.evaluate', id: 'budgets', everyMs: 15_000, payload: {} },
  { name: 'partition.maintain', id: 'partitions', everyMs: 3_600_000, payload: {} },
];

/** Schedules of releases before, still in Redis there. */
const RETIRED = ['rollup-check'];

/** Writes the schedules to Redis; safe to repeat, by any number of workers, and after Redis lost its data. */
export async function applySchedules(redis: Redis, prefix: string): Promise<void> {
  await write(redis, prefix, SCHEDULES, RETIRED);
}

/**
 * Writes those schedules anew that Redis has lost, or whose next run is further away than two of their intervals: a clock
 * that was ahead for a while, and was then put right, leaves the next run of everything as far in the future. Returns which.
 */
export async function mendSchedules(redis: Redis, prefix: string, nowMs: number): Promise<readonly string[]> {
  const nextMs = new Map<string, number>();
  for (const name of new Set(SCHEDULES.map((schedule) => JOBS[schedule.name].queue))) {
    const found = await redis.zrange(`${prefix}:${name}:repeat`, '0', '-1', 'WITHSCORES');
    for (let i = 0; i < found.length; i += 2) nextMs.set(String(found[i]), Number(found[i + 1]));
  }
  const astray = SCHEDULES.filter(
    ({ id, everyMs }) => (nextMs.get(id) ?? Number.POSITIVE_INFINITY) > nowMs + 2 * everyMs,
  );
  const ids = astray.map(({ id }) => id);
  if (astray.length > 0) await write(redis, prefix, astray, ids);
  return ids;
}

/** A schedule that is there keeps its next run, unless it is among those removed first. */
async function write(
  redis: Redis,
  prefix: string,
  schedules: readonly Schedule[],
  removed: readonly string[],
): Promise<void> {
  const byQueue = Map.groupBy(schedules, (schedule): QueueName => JOBS[schedule.name].queue);
  for (const [name, ofQueue] of byQueue) {
    const queue = new Queue(name, { connection: redis, prefix });
    for (const id of removed) await queue.removeJobScheduler(id);
    for (const { id, everyMs, name: job, payload } of ofQueue) {
      const { deduplication: _none, ...opts } = jobOptions(job, payload);
      await queue.upsertJobScheduler(id, { every: everyMs }, { name: job, data: payload, opts });
    }
    await queue.close();
  }
}
