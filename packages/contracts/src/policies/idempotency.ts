import { z } from 'zod';

/**
 * `Idempotency-Key` on POST and PATCH (draft-ietf-httpapi-idempotency-key-header): a repeated call gets the first one's
 * answer and is not sent upstream again. A key belongs to one application and one API version.
 */
export const idempotencyPolicy = z.strictObject({
  required: z.boolean().default(false).describe('Refuse POST and PATCH calls without an Idempotency-Key.'),
  ttlSeconds: z
    .number()
    .int()
    .min(60, 'At least 60 seconds.')
    .max(604_800, 'At most 604800 seconds (7 days).')
    .default(86_400)
    .describe('Seconds an answer is kept for repeats.'),
  maxAnswerBytes: z
    .number()
    .int()
    .min(0)
    .max(1_048_576, 'At most 1048576 bytes (1 MiB).')
    .default(262_144)
    .describe('Bytes of the largest answer kept. Repeats of a larger one are refused, not run again.'),
  whenUnavailable: z
    .enum(['refuse', 'pass'])
    .default('refuse')
    .describe('When keys cannot be checked (Redis is away): refuse calls that carry one, or let them run unprotected.'),
});
export type IdempotencyPolicy = z.output<typeof idempotencyPolicy>;
