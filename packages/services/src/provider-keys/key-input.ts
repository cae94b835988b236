import { z } from 'zod';

export const weightInput = z.number().int('A whole number.').min(1, 'At least 1.').max(1000, 'At most 1,000.');

const limit = (most: number) =>
  z
    .number()
    .int('A whole number.')
    .min(1, 'At least 1.')
    .max(most, `At most ${most.toLocaleString('en')}.`)
    .optional();

/** What the provider allows a key, as it is typed (`@parley/contracts/key-health`); none of it is needed. */
export const keyLimitsInput = z.strictObject({
  requestsPerMinute: limit(10_000_000),
  /** Input and output together. */
  tokensPerMinute: limit(2_000_000_000),
  /** Calls running at once. */
  concurrency: limit(100_000),
});
