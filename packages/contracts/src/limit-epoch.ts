import { z } from 'zod';

/**
 * Counters in Redis are as whole as one of these says: restored from usage events when it was made, and not lost since. What
 * began before `cutoffMs` (Unix milliseconds) came from events, what began later was counted by gateways.
 */
export const limitEpochSchema = z.object({ id: z.uuid(), cutoffMs: z.int().nonnegative() });
export type LimitEpoch = z.infer<typeof limitEpochSchema>;
