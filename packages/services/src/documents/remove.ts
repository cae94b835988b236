import { z } from 'zod';
import { findCollection } from '../collections/collection-shape.ts';
import { changed } from '../knowledge/ingest.ts';
import { defineVerb } from '../verb.ts';
import { findDocument } from './document-shape.ts';

/** Removes a document with its passages and vectors; from then on no search finds it, nor what was kept of one. */
export const removeDocument = defineVerb({
  name: 'documents.remove',
  summary: 'Remove a document from a collection, with its passages and vectors.',
  kind: 'write',
  access: 'knowledge.write',
  rest: { method: 'DELETE', path: '/collections/{collection}/documents/{document}' },
  input: z.object({ collection: z.string(), document: z.uuid() }),
  output: z.object({ id: z.uuid() }),
  async run({ tx, input, tenantId, audit }) {
    const { id: collectionId, slug } = await findCollection(tx, tenantId, input.collection);
    const { id, title } = await findDocument(tx, { tenantId, collectionId, id: input.document });
    await tx.knowledgeDocument.delete({ where: { tenantId_id: { tenantId, id } } });
    await changed(tx, tenantId, collectionId);
    await audit({ subject: { kind: 'document', id, label: title }, detail: { collection: slug } });
    return { id };
  },
});
