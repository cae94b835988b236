import { z } from 'zod';

/** How what customers pay is shared. */
export const billingEnv = {
  PLATFORM_SHARE_PPM: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe('the operator’s share of what customers pay, in millionths, from 0 to 1000000'),
};
