import type { JobName, QueueName } from '@parley/contracts/jobs';
import { JOB_RULES, retryDelayMs } from '@parley/jobs/job-options';
import { QUEUES } from '@parley/jobs/queues';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { NO_TENANT, recordDeadLetter } from './dead-letters.ts';
import { type AnyJob, GivenUp, WrongPayload } from './job.ts';
import { isOutage } from './outage.ts';
import type { Ports } from './ports.ts';
import { QUEUE_SETTINGS } from './queue-settings.ts';

export interface Runtime {
  /** Takes no more jobs, finishes those that run, and closes. */
  drain(): Promise<void>;
}

const STALLED = /^job stalled more than/;

/**
 * Runs the jobs of a table: one BullMQ worker per queue, payloads checked, every run logged and measured, failures
 * retried by the rules of `@parley/jobs`, and what fails for good written to the dead letters before it is given up.
 */
export function startRuntime(ports: Ports, table: Readonly<Record<JobName, AnyJob>>): Runtime {
  const runs = ports.metrics.counter('parley_jobs_total', 'Runs of jobs.', ['job', 'outcome']);
  const seconds = ports.metrics.histogram('parley_job_seconds', 'Time a run of a job took.', ['job']);

  const keep = (definition: AnyJob, job: Job, error: Error): Promise<void> => {
    const tenantId = definition.tenantOf(job.data);
    return recordDeadLetter(ports.pool, {
      tenantId: tenantId ?? NO_TENANT,
      job: definition.name,
      // What belongs to no tenant cannot be retried by one, and a sign-in mail holds a secret: keep no payload.
      payload: tenantId === null ? {} : job.data,
      error: error.message,
      attempts: job.attemptsMade + 1,
      key: `${job.id}:${job.timestamp}`,
    });
  };

  const process = async (job: Job): Promise<void> => {
    const definition: AnyJob | undefined = table[job.name as JobName];
    if (!definition) throw new UnrecoverableError(`no job is called ${job.name}`);
    const log = ports.log.child({ job: job.name, jobId: job.id });
    const started = performance.now();
    try {
      await definition.run(job.data, {
        jobId: job.id ?? '',
        sinceMs: job.timestamp,
        attempt: job.attemptsMade + 1,
        ports,
        log,
      });
      runs.add(1, { job: definition.name, outcome: 'done' });
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const final = isFinal(definition.name, job.attemptsMade + 1, error);
      runs.add(1, { job: definition.name, outcome: final ? 'failed' : 'retry' });
      log[final ? 'error' : 'warn'](final ? 'a job failed for good' : 'a job will be tried again', { error });
      if (!final) throw error;
      await keep(definition, job, error);
      throw new UnrecoverableError(error.message);
    } finally {
      seconds.observe((performance.now() - started) / 1000, { job: definition.name });
    }
  };

  const workers = QUEUES.map((queue) => startWorker(queue, ports, process, keep, table));
  return {
    async drain() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

function isFinal(name: JobName, attempt: number, error: Error): boolean {
  if (error instanceof WrongPayload || error instanceof GivenUp) return true;
  return !isOutage(error) && attempt >= JOB_RULES[name].attempts;
}

function startWorker(
  queue: QueueName,
  ports: Ports,
  process: (job: Job) => Promise<void>,
  keep: (definition: AnyJob, job: Job, error: Error) => Promise<void>,
  table: Readonly<Record<JobName, AnyJob>>,
): Worker {
  const worker = new Worker(queue, process, {
    connection: ports.redis,
    prefix: ports.queuePrefix,
    name: ports.node,
    ...QUEUE_SETTINGS[queue],
    settings: {
      backoffStrategy: (attemptsMade, _type, _error, job) => retryDelayMs(job?.name as JobName, attemptsMade),
    },
  });
  worker.on('error', (error) => ports.log.warn('a queue cannot be read at the moment', { queue, error }));
  worker.on('failed', (job, error) => {
    // A job whose process died too often never reaches `process` again: BullMQ fails it by itself.
    const definition = job ? table[job.name as JobName] : undefined;
    if (!job || !definition || !STALLED.test(error.message)) return;
    keep(definition, job, error).catch((reason) =>
      ports.log.error('a dead letter could not be written', { queue, error: reason }),
    );
  });
  return worker;
}
