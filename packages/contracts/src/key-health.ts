import { z } from 'zod';

/** What a provider allows one of its keys; absent: nobody knows. */
export const keyLimitsSchema = z.object({
  requestsPerMinute: z.number().int().min(1).max(10_000_000).optional(),
  /** Input and output together. */
  tokensPerMinute: z.number().int().min(1).max(2_000_000_000).optional(),
  /** Calls running at once. */
  concurrency: z.number().int().min(1).max(100_000).optional(),
});
export type KeyLimits = z.infer<typeof keyLimitsSchema>;

/** Why a key is left alone for a while: it is refused, limited, or out of quota, by the kind of the provider's failure. */
export const KEY_TROUBLES = ['rate_limit', 'quota', 'authentication', 'permission'] as const;
export type KeyTrouble = (typeof KEY_TROUBLES)[number];

/** How a provider's key fares, as one gateway process saw it. */
export const keyHealthSchema = z.object({
  tenantId: z.uuid(),
  keyId: z.uuid(),
  /** `null`: it works again. */
  trouble: z.enum(KEY_TROUBLES).nullable(),
  restsUntilMs: z.number().int().nonnegative(),
  atMs: z.number().int().nonnegative(),
});
export type KeyHealth = z.infer<typeof keyHealthSchema>;
