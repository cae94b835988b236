import { z } from 'zod';

/** What a rule of guardrails found in a text; never the text. */
export const findingOut = z.object({
  check: z.string(),
  rule: z.string(),
  kind: z.string(),
  mode: z.enum(['observe', 'mask', 'block']),
  count: z.number().int(),
  score: z.number(),
  reason: z.string(),
});
