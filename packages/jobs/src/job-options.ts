import type { JobName, JobPayload } from '@parley/contracts/jobs';
import type { JobsOptions } from 'bullmq';

/** How a job is retried, kept and merged with others of its kind. */
export interface JobRules<N extends JobName = JobName> {
  /** Tries before the job counts as failed for good. An outage of a store does not use them up. */
  readonly attempts: number;
  /** Pause before the second try; doubled each time … */
  readonly firstDelayMs: number;
  /** … up to this. */
  readonly maxDelayMs: number;
  /** Finished jobs are remembered this long, so that the same job id does nothing twice. 0 forgets at once. */
  readonly rememberSeconds: number;
  /** Jobs with the same key wait only once; one that comes while another runs is run once more after it. */
  readonly coalesceBy?: (payload: JobPayload<N>) => string;
}

/** Until it succeeds: what the job carries must not be given up. */
const PATIENT = 1_000_000_000;

export const JOB_RULES: { readonly [N in JobName]: JobRules<N> } = {
  'snapshot.tenant': {
    attempts: 8,
    firstDelayMs: 50,
    maxDelayMs: 5_000,
    rememberSeconds: 0,
    coalesceBy: ({ tenantId }) => `tenant-${tenantId}`,
  },
  'snapshot.application': {
    attempts: 8,
    firstDelayMs: 50,
    maxDelayMs: 5_000,
    rememberSeconds: 0,
    coalesceBy: ({ applicationId }) => `application-${applicationId}`,
  },
  'snapshot.republish': {
    attempts: PATIENT,
    firstDelayMs: 200,
    maxDelayMs: 5_000,
    rememberSeconds: 0,
    coalesceBy: () => 'everything',
  },
  'usage.ingest': { attempts: PATIENT, firstDelayMs: 200, maxDelayMs: 30_000, rememberSeconds: 0 },
  'usage.rollup': { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 1_000, rememberSeconds: 0 },
  'checks.run': { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 1_000, rememberSeconds: 0 },
  'mail.send': { attempts: 12, firstDelayMs: 2_000, maxDelayMs: 600_000, rememberSeconds: 86_400 },
  'notify.members': { attempts: 12, firstDelayMs: 500, maxDelayMs: 60_000, rememberSeconds: 86_400 },
  'canary.rolledBack': { attempts: 20, firstDelayMs: 500, maxDelayMs: 60_000, rememberSeconds: 86_400 },
  'callback.accept': { attempts: PATIENT, firstDelayMs: 200, maxDelayMs: 30_000, rememberSeconds: 0 },
  'event.accept': { attempts: PATIENT, firstDelayMs: 200, maxDelayMs: 30_000, rememberSeconds: 0 },
  'prompt.run': { attempts: 5, firstDelayMs: 1_000, maxDelayMs: 60_000, rememberSeconds: 0 },
  'knowledge.ingest': { attempts: 8, firstDelayMs: 1_000, maxDelayMs: 60_000, rememberSeconds: 0 },
  // Its call is stored within seconds, or when the worker is back.
  'feedback.store': { attempts: 40, firstDelayMs: 1_000, maxDelayMs: 60_000, rememberSeconds: 0 },
  'bodies.store': { attempts: 20, firstDelayMs: 1_000, maxDelayMs: 60_000, rememberSeconds: 0 },
  'context.ingest': { attempts: PATIENT, firstDelayMs: 200, maxDelayMs: 30_000, rememberSeconds: 0 },
  // Who asks waits for seconds only, and asks again.
  'context.load': {
    attempts: 3,
    firstDelayMs: 100,
    maxDelayMs: 1_000,
    rememberSeconds: 0,
    coalesceBy: ({ sessionId }) => sessionId,
  },
  'context.list': { attempts: 2, firstDelayMs: 100, maxDelayMs: 500, rememberSeconds: 0 },
  'knowledge.search': { attempts: 1, firstDelayMs: 100, maxDelayMs: 500, rememberSeconds: 0 },
  // Only the latest word counts, and another comes while it matters.
  'providerKey.health': { attempts: 3, firstDelayMs: 1_000, maxDelayMs: 10_000, rememberSeconds: 0 },
  'billing.accrue': { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 1_000, rememberSeconds: 0 },
  'limits.rebuild': {
    attempts: PATIENT,
    firstDelayMs: 200,
    maxDelayMs: 5_000,
    rememberSeconds: 0,
    coalesceBy: () => 'everything',
  },
  'limits.correct': { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 1_000, rememberSeconds: 0 },
  'stripe.sync': {
    attempts: 1,
    firstDelayMs: 1_000,
    maxDelayMs: 1_000,
    rememberSeconds: 0,
    coalesceBy: ({ part }) => part,
  },
  'billing.close': { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 1_000, rememberSeconds: 0 },
  'budget.evaluate': { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 1_000, rememberSeconds: 0 },
  'expiry.sweep': { attempts: 1, firstDelayMs: 1_000, maxDelayMs: 1_000, rememberSeconds: 0 },
  'partition.maintain': { attempts: 20, firstDelayMs: 1_000, maxDelayMs: 60_000, rememberSeconds: 0 },
};

/** Failed jobs stay in Redis for a week as well; the record people see is in PostgreSQL (dead letters). */
const KEEP_FAILED = { age: 7 * 86_400, count: 1_000 };

/** BullMQ's options for a job of this name with this payload. */
export function jobOptions<N extends JobName>(name: N, payload: JobPayload<N>): JobsOptions {
  const rules: JobRules<N> = JOB_RULES[name];
  return {
    attempts: PATIENT,
    backoff: { type: 'capped', delay: rules.firstDelayMs },
    removeOnComplete: rules.rememberSeconds > 0 ? { age: rules.rememberSeconds, count: 100_000 } : true,
    removeOnFail: KEEP_FAILED,
    stackTraceLimit: 5,
    ...(rules.coalesceBy
      ? { deduplication: { id: rules.coalesceBy(payload).replaceAll(':', '-'), keepLastIfActive: true } }
      : {}),
  };
}

/** Pause in milliseconds before try number `attemptsMade + 1`: doubling, capped, with up to a fifth of jitter. */
export function retryDelayMs(name: JobName, attemptsMade: number, random: number = Math.random()): number {
  const { firstDelayMs, maxDelayMs } = JOB_RULES[name];
  const doubled = firstDelayMs * 2 ** Math.min(Math.max(attemptsMade - 1, 0), 30);
  return Math.round(Math.min(doubled, maxDelayMs) * (1 - random * 0.2));
}
