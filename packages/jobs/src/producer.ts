import { JOBS, type JobName, type JobPayload, type QueueName } from '@parley/contracts/jobs';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { jobOptions } from './job-options.ts';
import { QUEUE_PREFIX } from './queues.ts';

export interface EnqueueOptions {
  /** The same id does nothing twice while the job waits, runs or is remembered. Letters, digits, `-`, `_`, `.`. */
  readonly jobId?: string;
  /** When what the job answers to happened (Unix ms); latency is measured from here. Now, unless told. */
  readonly sinceMs?: number;
}

export interface JobRequest<N extends JobName = JobName> extends EnqueueOptions {
  readonly name: N;
  readonly payload: JobPayload<N>;
}

export interface ProducerOptions {
  readonly redisUrl: string;
  /** How long a send may take, Redis being away included; 5,000 unless told. */
  readonly timeoutMs?: number;
  /** Prefix of the queues' keys, for tests that want queues of their own. */
  readonly prefix?: string;
}

export interface Producer {
  /** Hands a job to its queue. Resolves once Redis has it; throws a `ZodError` for a wrong payload. */
  enqueue<N extends JobName>(name: N, payload: JobPayload<N>, options?: EnqueueOptions): Promise<void>;
  /** Hands over many jobs, in order per queue, with one round trip per queue. */
  enqueueAll(jobs: readonly JobRequest[]): Promise<void>;
  /** Jobs that wait on a queue. */
  waiting(queue: QueueName): Promise<number>;
  close(): Promise<void>;
}

const segmentId = z.string().min(1).max(100);

/**
 * What a payload must be to be sent. A batch of usage events is only checked as a batch: the worker checks each event by
 * itself, so that a bad one neither holds back its batch nor costs the sender time.
 */
const SENT_SCHEMAS: Partial<Record<JobName, z.ZodType>> = {
  'usage.ingest': z.union([
    z.object({ segmentId, lines: z.string().min(1) }),
    z.object({
      segmentId,
      events: z
        .array(z.custom<object>((event) => typeof event === 'object' && event !== null))
        .min(1)
        .max(5000),
    }),
  ]),
};

const JOB_ID = /^(?!\d+$)[\w.-]{1,200}$/;

/**
 * Opens the sending side of all queues over one Redis connection (made on first use). While Redis is away, `enqueue`
 * rejects within `timeoutMs` instead of waiting for it; the job may still arrive, so a caller that retries must give it
 * a `jobId`.
 */
export function createProducer(options: ProducerOptions): Producer {
  const redis = new Redis(options.redisUrl, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    commandTimeout: options.timeoutMs ?? 5_000,
    connectionName: 'parley-producer',
  });
  // Every failed connection try is also reported by the command that waits for it.
  redis.on('error', () => undefined);
  const queues = new Map<QueueName, Queue>();

  const queueOf = (name: QueueName): Queue => {
    let queue = queues.get(name);
    if (!queue) {
      queue = new Queue(name, {
        connection: redis,
        prefix: options.prefix ?? QUEUE_PREFIX,
        skipWaitingForReady: true,
        skipVersionCheck: true,
      });
      queue.on('error', () => undefined);
      queues.set(name, queue);
    }
    return queue;
  };

  const bulk = async (queue: QueueName, jobs: readonly JobRequest[]): Promise<void> => {
    await queueOf(queue).addBulk(jobs.map((job) => ({ name: job.name, ...toJob(job) })));
  };

  return {
    async enqueue(name, payload, given = {}) {
      const { data, opts } = toJob({ name, payload, ...given });
      await queueOf(JOBS[name].queue).add(name, data, opts);
    },
    async enqueueAll(jobs) {
      const byQueue = Map.groupBy(jobs, (job) => JOBS[job.name].queue);
      await Promise.all([...byQueue].map(([queue, group]) => bulk(queue, group)));
    },
    waiting: (queue) => queueOf(queue).getWaitingCount(),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
      redis.disconnect();
    },
  };
}

function toJob<N extends JobName>({ name, payload, jobId, sinceMs }: JobRequest<N>) {
  if (jobId !== undefined && !JOB_ID.test(jobId)) throw new Error(`not a job id: ${jobId}`);
  const schema: z.ZodType = SENT_SCHEMAS[name] ?? JOBS[name].schema;
  return {
    data: schema.parse(payload),
    opts: {
      ...jobOptions(name, payload),
      ...(jobId === undefined ? {} : { jobId }),
      ...(sinceMs === undefined ? {} : { timestamp: sinceMs }),
    },
  };
}
