import { z } from 'zod';

const slug = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'The short name of a collection.');
const value = z.string().max(512, 'At most 512 characters.');

/** Passages of the tenant's documents, found by what the caller asks and put into the call. */
export const knowledgePolicy = z.strictObject({
  collections: z
    .array(slug)
    .min(1, 'Name at least one collection.')
    .max(5, 'At most 5.')
    .describe('Short names of the collections that are searched'),
  passages: z
    .number()
    .int('A whole number.')
    .min(1)
    .max(20, 'At most 20.')
    .default(5)
    .describe('How many passages are put in at most'),
  mode: z.enum(['hybrid', 'lexical', 'vector']).default('hybrid').describe('By words, by vectors, or by both'),
  maxCharacters: z
    .number()
    .int('A whole number.')
    .min(500, 'At least 500.')
    .max(24_000, 'At most 24,000.')
    .default(6000)
    .describe('How long all passages together may be; those that fit least are left out'),
  withinMs: z
    .number()
    .int()
    .min(50, 'At least 50.')
    .max(10_000, 'At most 10,000.')
    .default(2000)
    .describe('How long the search may take, in milliseconds'),
  onFailure: z
    .enum(['refuse', 'goOn'])
    .default('refuse')
    .describe('What becomes of a call whose search fails or is late: refused, or asked without passages'),
  filter: z
    .record(z.string().min(1).max(64), z.union([value, z.array(value).min(1).max(50)]))
    .refine((given) => Object.keys(given).length <= 16, 'At most 16 names.')
    .default({})
    .describe('What the documents’ metadata must be: of each name one of the values'),
});
export type KnowledgePolicy = z.output<typeof knowledgePolicy>;
