import { z } from 'zod';
import { PERSONAL_KINDS } from './guardrails.ts';

/** What is struck out of kept bodies. */
export const REDACTED_KINDS = [...PERSONAL_KINDS, 'secret'] as const;
export type RedactedKind = (typeof REDACTED_KINDS)[number];

/** Names and addresses are guesses: they are struck out only where named. */
const USUAL: RedactedKind[] = [...PERSONAL_KINDS.slice(0, 9), 'secret'];

/** What callers asked and models answered, kept for a while for some calls. */
export const bodyLogPolicy = z
  .strictObject({
    sample: z
      .number()
      .min(0, 'From 0 (none) to 1 (all).')
      .max(1, 'From 0 (none) to 1 (all).')
      .default(0)
      .describe('Share of all calls that are kept, from 0 (none) to 1 (all)'),
    onErrors: z.boolean().default(true).describe('Keep every call that fails or breaks off, whatever the share'),
    request: z.boolean().default(true).describe('Keep what was asked'),
    response: z.boolean().default(true).describe('Keep what was answered; of a stream its text'),
    redact: z
      .array(z.enum(REDACTED_KINDS))
      .max(REDACTED_KINDS.length)
      .default(USUAL)
      .describe('What is struck out before anything is stored; an empty list strikes out nothing'),
    maxBytes: z
      .number()
      .int('A whole number of bytes.')
      .min(256, 'At least 256 bytes.')
      .max(65_536, 'At most 64 KiB.')
      .default(16_384)
      .describe('Bytes kept of each body; the rest is cut off'),
    keepForHours: z
      .number()
      .int('A whole number of hours.')
      .min(1, 'At least an hour.')
      .max(720, 'At most 30 days.')
      .default(72)
      .describe('Hours after which they are deleted, at most 720 (30 days)'),
    consumerSees: z.boolean().default(false).describe('Let consumers read those of their own calls as well'),
  })
  .refine(({ request, response }) => request || response, { path: ['request'], error: 'Keep one of both at least.' })
  .refine(({ sample, onErrors }) => sample > 0 || onErrors, {
    path: ['sample'],
    error: 'With a share of 0 and errors left out nothing is ever kept.',
  });
export type BodyLogPolicy = z.output<typeof bodyLogPolicy>;
