import { z } from 'zod';

/** Streamed answers that a caller can take up again where its connection broke: without the policy as its defaults say. */
export const resumableStreamsPolicy = z.strictObject({
  when: z
    .enum(['asked', 'always', 'never'])
    .default('asked')
    .describe('Which streams are kept: those whose caller asks for it, all, or none'),
  graceSeconds: z
    .number()
    .int('A whole number of seconds.')
    .min(1, 'At least 1.')
    .max(600, 'At most 600 (10 minutes).')
    .default(60)
    .describe('Seconds a model goes on while nobody reads its answer; then it is let go'),
  keepMinutes: z
    .number()
    .int('A whole number of minutes.')
    .min(1, 'At least 1.')
    .max(120, 'At most 120.')
    .default(10)
    .describe('Minutes that what was sent is kept after the last event'),
});
export type ResumableStreamsPolicy = z.output<typeof resumableStreamsPolicy>;
