import { z } from 'zod';

/** Client certificates, seen by the gateway itself or by the operator's proxy; nothing of it can be set. */
export const certificateMethod = z.strictObject({ kind: z.literal('certificate') });
