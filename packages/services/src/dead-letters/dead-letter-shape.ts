import { JOBS, type JobName } from '@parley/contracts/jobs';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';

/** A job that failed for good. What it carried is described, not shown: mails hold secrets. */
export const deadLetterShape = z.object({
  id: z.uuid(),
  job: z.string(),
  /** What was to be done, in words. */
  title: z.string(),
  /** What went wrong, in a sentence. */
  error: z.string(),
  attempts: z.number().int(),
  failedAt: timeShape,
  /** `null` while somebody should look at it. */
  resolution: z.enum(['retried', 'dismissed']).nullable(),
  resolvedAt: optionalTimeShape,
});

export interface DeadLetterRow {
  readonly id: string;
  readonly job: string;
  readonly payload: unknown;
  readonly error: string;
  readonly attempts: number;
  readonly failedAt: Date;
  readonly resolvedAt: Date | null;
  readonly resolution: string | null;
}

export function deadLetterOut(row: DeadLetterRow): z.input<typeof deadLetterShape> {
  return {
    id: row.id,
    job: row.job,
    title: describe(row),
    error: row.error,
    attempts: row.attempts,
    failedAt: iso(row.failedAt),
    resolution: row.resolution === 'retried' || row.resolution === 'dismissed' ? row.resolution : null,
    resolvedAt: iso(row.resolvedAt),
  };
}

const mailWords = z.object({ to: z.string(), subject: z.string() });
const noticeWords = z.object({ title: z.string() });
const batchWords = z.object({ events: z.array(z.unknown()) });

const TITLES: Readonly<Partial<Record<JobName, (payload: unknown) => string>>> = {
  'snapshot.tenant': () => 'Bring the configuration to the gateways',
  'snapshot.application': () => 'Bring an application’s keys and subscriptions to the gateways',
  'mail.send': (payload) => words(mailWords, payload, ({ to, subject }) => `Mail to ${to}: ${subject}`, 'Send a mail'),
  'notify.members': (payload) => words(noticeWords, payload, ({ title }) => `Notice: ${title}`, 'Notify members'),
  'usage.ingest': (payload) =>
    words(
      batchWords,
      payload,
      ({ events }) => `Record ${events.length} ${events.length === 1 ? 'call' : 'calls'}`,
      'Record calls',
    ),
};

function describe(row: DeadLetterRow): string {
  return isJob(row.job) ? (TITLES[row.job]?.(row.payload) ?? row.job) : row.job;
}

function words<T>(shape: z.ZodType<T>, payload: unknown, write: (value: T) => string, otherwise: string): string {
  const parsed = shape.safeParse(payload);
  return parsed.success ? write(parsed.data) : otherwise;
}

function isJob(name: string): name is JobName {
  return Object.hasOwn(JOBS, name);
}
