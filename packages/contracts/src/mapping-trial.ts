import { z } from 'zod';
import { bodyMapping } from './policies/mapping.ts';

/** Where a gateway tries a mapping; only the portal may ask, as it asks for explanations. */
export const TRY_MAPPING_PATH = '/_parley/try-mapping';

/** A mapping and a body to try it on. */
export const mappingTrialSchema = z.strictObject({
  mapping: bodyMapping,
  body: z.string().max(100_000, 'At most 100,000 characters.'),
  /** Whose threads' turn it takes. */
  tenantId: z.uuid(),
});
export type MappingTrial = z.output<typeof mappingTrialSchema>;

export const mappingTrialReplySchema = z.object({
  /** What the body becomes; `null` when it cannot be mapped. */
  output: z.string().nullable(),
  problem: z.string().nullable(),
});
export type MappingTrialReply = z.output<typeof mappingTrialReplySchema>;
