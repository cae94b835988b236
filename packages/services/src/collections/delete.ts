import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findCollection } from './collection-shape.ts';

/** Deletes a collection with its documents, passages and vectors. */
export const deleteCollection = defineVerb({
  name: 'collections.delete',
  summary: 'Delete a collection with all of its documents.',
  kind: 'write',
  access: 'knowledge.write',
  rest: { method: 'DELETE', path: '/collections/{collection}' },
  input: z.object({ collection: z.string() }),
  output: z.object({ slug: z.string() }),
  async run({ tx, input, tenantId, audit }) {
    const { id, slug, name } = await findCollection(tx, tenantId, input.collection);
    await tx.knowledgeCollection.delete({ where: { tenantId_id: { tenantId, id } } });
    await audit({ subject: { kind: 'collection', id, label: name }, detail: { slug } });
    return { slug };
  },
});
