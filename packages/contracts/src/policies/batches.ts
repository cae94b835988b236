import { z } from 'zod';

const count = (least: number, most: number, usual: number) =>
  z.number().int('A whole number.').min(least, `At least ${least}.`).max(most, `At most ${most}.`).default(usual);

/** Batches of calls to models (`/v1/batches`, `/v1/messages/batches`): without the policy they are run, as its defaults say. */
export const batchesPolicy = z.strictObject({
  allow: z.boolean().default(true).describe('Callers may have many calls run as one batch'),
  maxLines: count(1, 50_000, 10_000).describe('Calls that one batch may hold'),
  maxMegabytes: count(1, 100, 20).describe('Size of one uploaded file, in MiB'),
  concurrency: count(1, 32, 4).describe('Calls of one batch that are answered at the same time'),
  maxOpen: count(1, 1000, 20).describe('Batches of one application that may be under way or waiting'),
  keepDays: count(1, 30, 7).describe('Days that files and results are kept'),
});
export type BatchesPolicy = z.output<typeof batchesPolicy>;
