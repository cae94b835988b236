import { z } from 'zod';

/** Holds calls, and by choice answers, to the version's OpenAPI document. */
export const contractPolicy = z.strictObject({
  mode: z.enum(['enforce', 'report']).default('enforce').describe('Refuse calls that do not fit, or only report them'),
  responses: z
    .enum(['off', 'report', 'enforce'])
    .default('off')
    .describe('Check JSON answers of the service too; streams pass unchecked'),
  unknownQuery: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe('Query parameters that the document does not name'),
  maxBodyKb: z.number().int().min(1).max(1024).default(256).describe('Largest body, in kilobytes, that is checked'),
});
export type ContractPolicy = z.output<typeof contractPolicy>;
