import { z } from 'zod';
import { given } from '../given.ts';
import { changed } from '../knowledge/ingest.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import {
  checkEmbedding,
  collectionOut,
  collectionShape,
  descriptionInput,
  embeddingInput,
  findCollection,
} from './collection-shape.ts';

/** Changes a collection. Another embedding makes all vectors anew; until a document has its own it is found by its words. */
export const updateCollection = defineVerb({
  name: 'collections.update',
  summary: 'Change a collection; another embedding reads all of its documents again.',
  kind: 'write',
  access: 'knowledge.write',
  rest: { method: 'PATCH', path: '/collections/{collection}' },
  input: z.object({
    collection: z.string(),
    name: nameShape.optional(),
    description: descriptionInput.optional(),
    embedding: embeddingInput.optional(),
  }),
  output: collectionShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { collection, ...patch } = input;
    const row = await findCollection(tx, tenantId, collection);
    const changes = given(patch);
    if (changes.embedding !== undefined) await checkEmbedding(tx, tenantId, changes.embedding);
    await tx.knowledgeCollection.update({ where: { tenantId_id: { tenantId, id: row.id } }, data: changes });
    if (changes.embedding !== undefined && changes.embedding !== row.embedding) {
      const where = { tenantId, collectionId: row.id };
      const again = { state: 'waiting', message: '', passagesDone: 0, round: { increment: 1 } };
      await tx.knowledgeDocument.updateMany({ where, data: again });
      const documents = await tx.knowledgeDocument.findMany({ where, select: { id: true } });
      for (const { id } of documents) await announce('knowledge.ingest', { tenantId, documentId: id });
      await changed(tx, tenantId, row.id);
    }
    await audit({ subject: { kind: 'collection', id: row.id, label: changes.name ?? row.name }, detail: changes });
    return collectionOut(tx, tenantId, collection);
  },
});
