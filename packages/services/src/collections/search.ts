import { z } from 'zod';
import { searchable, searchKnowledge } from '../knowledge/search.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { findCollection } from './collection-shape.ts';

const name = z.string().min(1).max(64);
const value = z.string().max(512);

/** The passages of a collection that answer a question best, each with where it stands in its document. */
export const searchCollection = defineVerb({
  name: 'collections.search',
  summary: 'Search a collection: the passages that answer best, with their places in their documents.',
  kind: 'read',
  access: 'knowledge.read',
  rest: { method: 'POST', path: '/collections/{collection}/search' },
  input: z.object({
    collection: z.string(),
    query: z.string().trim().min(1, 'Ask something.').max(2000, 'At most 2,000 characters.'),
    mode: z.enum(['hybrid', 'lexical', 'vector']).default('hybrid'),
    limit: z.coerce.number().int().min(1).max(50, 'At most 50.').default(5),
    filter: z
      .record(name, z.union([value, z.array(value).max(50)]))
      .default({})
      .describe('Of each name of a document’s metadata one of the values.'),
  }),
  output: z.object({
    items: z.array(
      z.object({
        document: z.uuid(),
        title: z.string(),
        url: z.string().nullable(),
        passage: z.number().int().describe('Its number in the document, from 0.'),
        start: z.number().int().describe('Where it begins in the document, in UTF-16 code units.'),
        end: z.number().int().describe('Up to but without.'),
        headings: z.array(z.string()),
        text: z.string(),
        metadata: z.record(z.string(), z.string()),
        score: z.number().describe('Comparable within one answer only.'),
      }),
    ),
    mode: z
      .enum(['hybrid', 'lexical', 'vector'])
      .describe('How it was searched: by words alone where no vector could be had.'),
    note: z.string(),
    cached: z.boolean(),
  }),
  async run({ tx, input, context, tenantId }) {
    const { query: text, mode, limit, filter } = input;
    const collection = await findCollection(tx, tenantId, input.collection);
    const open = await searchable(tx, context.settings, collection);
    return new AfterCommit(async () => {
      const { found, ...answer } = await searchKnowledge(open, { text, mode, limit, filter });
      const items = found.map(({ documentId, sourceUrl, number, headings, metadata, ...passage }) => ({
        ...passage,
        document: documentId,
        url: sourceUrl,
        passage: number,
        headings: [...headings],
        metadata: { ...metadata },
      }));
      return { items, ...answer };
    });
  },
});
