import { z } from 'zod';
import { findCollection } from '../collections/collection-shape.ts';
import { defineVerb } from '../verb.ts';
import { documentOut, documentShape, findDocument } from './document-shape.ts';

/** Reads a document again: a page is fetched anew, a text cut and embedded. Until that is done it is found as it was. */
export const refreshDocument = defineVerb({
  name: 'documents.refresh',
  summary: 'Read a document again: fetch its page anew, or try once more what failed.',
  kind: 'write',
  access: 'knowledge.write',
  rest: { method: 'POST', path: '/collections/{collection}/documents/{document}/refresh' },
  input: z.object({ collection: z.string(), document: z.uuid() }),
  output: documentShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const { id: collectionId, slug } = await findCollection(tx, tenantId, input.collection);
    const { id, title, sourceUrl } = await findDocument(tx, { tenantId, collectionId, id: input.document });
    const anew = sourceUrl === null ? {} : { sealed: null, contentHash: null, format: null };
    await tx.knowledgeDocument.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ...anew, state: 'waiting', message: '', passagesDone: 0, round: { increment: 1 } },
    });
    await announce('knowledge.ingest', { tenantId, documentId: id });
    await audit({ subject: { kind: 'document', id, label: title }, detail: { collection: slug } });
    return documentOut(await findDocument(tx, { tenantId, collectionId, id }));
  },
});
