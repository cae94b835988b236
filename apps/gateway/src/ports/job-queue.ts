import { JOBS, type JobName, type JobPayload, type QueueName } from '@parley/contracts/jobs';

/** What the gateway hands to the worker; implemented by `@parley/jobs/producer`. */
export interface JobQueue {
  /** Resolves when the job is in the queue. A job whose id the queue already knows is not added again. */
  enqueue<N extends JobName>(name: N, payload: JobPayload<N>, options?: { readonly jobId?: string }): Promise<unknown>;
  /** Jobs that wait on a queue. */
  waiting(queue: QueueName): Promise<number>;
  close(): Promise<void>;
}

export interface MemoryJob {
  readonly name: JobName;
  readonly payload: unknown;
  readonly jobId: string | undefined;
}

/** The twin: keeps jobs in a list. `fail` makes it behave like a queue that is away. */
export function memoryJobQueue(): JobQueue & { readonly jobs: MemoryJob[]; fail: boolean } {
  const jobs: MemoryJob[] = [];
  return {
    jobs,
    fail: false,
    async enqueue(name, payload, options) {
      if (this.fail) throw new Error('the job queue is away');
      const jobId = options?.jobId;
      if (jobId === undefined || !jobs.some((job) => job.jobId === jobId)) jobs.push({ name, payload, jobId });
    },
    waiting: async (queue) => jobs.filter(({ name }) => JOBS[name].queue === queue).length,
    async close() {},
  };
}
