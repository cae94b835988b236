import { z } from 'zod';

/** What a caller says of an answer (`POST /v1/feedback`). */
export const feedbackBodySchema = z.strictObject({
  /** `x-request-id` of the answer. */
  request_id: z.uuid('The x-request-id of an answer you got.'),
  /** From 0 (bad) to 1 (good): a thumb is 0 or 1, four stars of five are 0.8. */
  score: z.number('A number from 0 (bad) to 1 (good).').min(0, 'At least 0.').max(1, 'At most 1.'),
  comment: z.string('A text.').max(2000, 'At most 2,000 characters.').default(''),
});

/** The same, with who said it: stored by the worker once it has found the call. */
export const givenFeedbackSchema = z.object({
  requestId: z.uuid(),
  consumerTenantId: z.uuid(),
  applicationId: z.uuid(),
  score: z.number().min(0).max(1),
  comment: z.string().max(2000),
  /** Unix milliseconds. */
  atMs: z.number().int().nonnegative(),
});
