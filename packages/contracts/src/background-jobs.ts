import { z } from 'zod';

/** Where a gateway tells which calls of an application are answered later; only the portal may ask. */
export const BACKGROUND_JOBS_PATH = '/_parley/background-jobs';

/** Whose jobs; the portal has seen that the application is the tenant's own. */
export const backgroundJobsRequestSchema = z.strictObject({ applicationId: z.uuid() });

const time = z.iso.datetime().nullable();

/** A job as an application's page shows it: nothing of call or answer. */
export const backgroundJobShape = z.object({
  /** Of the call's record, too. */
  id: z.uuid(),
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired']),
  path: z.string(),
  model: z.string().nullable(),
  acceptedAt: z.iso.datetime(),
  startedAt: time,
  endedAt: time,
  /** When its result is gone. */
  expiresAt: z.iso.datetime(),
  tries: z.number().int(),
  status: z.number().int().nullable(),
  code: z.string().nullable(),
});
export type BackgroundJob = z.output<typeof backgroundJobShape>;

export const backgroundJobsReplySchema = z.object({ items: z.array(backgroundJobShape) });
