import { afterSlug, toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { collectionShape, collectionsOut } from './collection-shape.ts';

/** The tenant's collections by short name. */
export const listCollections = defineVerb({
  name: 'collections.list',
  summary: 'List collections of documents.',
  kind: 'read',
  access: 'knowledge.read',
  rest: { method: 'GET', path: '/collections' },
  input: pageInput,
  output: pageOf(collectionShape),
  async run({ tx, input, tenantId }) {
    const found = await tx.knowledgeCollection.findMany({
      where: { tenantId, ...afterSlug(input.cursor) },
      orderBy: { slug: 'asc' },
      take: input.limit + 1,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.slug);
    return { items: await collectionsOut(tx, tenantId, rows), nextCursor };
  },
});
