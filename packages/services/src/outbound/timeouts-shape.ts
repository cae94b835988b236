import { z } from 'zod';

const milliseconds = (most: number, what: string) =>
  z
    .number()
    .int('A whole number of milliseconds.')
    .min(1, 'At least 1 ms.')
    .max(most, `${what} may take at most ${most / 1000} s.`);

/** Timeouts of a provider or upstream in milliseconds, each optional. Bounds are those of the gateway's contract. */
export const timeoutsInput = {
  connectTimeoutMs: milliseconds(60_000, 'Connecting').optional(),
  headersTimeoutMs: milliseconds(600_000, 'Waiting for the first answer').optional(),
  totalTimeoutMs: milliseconds(3_600_000, 'A call').optional(),
};

export const timeoutsOutput = {
  connectTimeoutMs: z.number(),
  headersTimeoutMs: z.number(),
  totalTimeoutMs: z.number(),
};
