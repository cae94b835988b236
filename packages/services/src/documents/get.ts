import { z } from 'zod';
import { findCollection } from '../collections/collection-shape.ts';
import { DocumentSeal } from '../knowledge/sealed.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { defineVerb } from '../verb.ts';
import { documentOut, documentShape, findDocument } from './document-shape.ts';

/** One document with its text, which the places of passages count in. */
export const getDocument = defineVerb({
  name: 'documents.get',
  summary: 'Read a document of a collection with its text.',
  kind: 'read',
  access: 'knowledge.read',
  rest: { method: 'GET', path: '/collections/{collection}/documents/{document}' },
  input: z.object({ collection: z.string(), document: z.uuid() }),
  output: documentShape.extend({ content: z.string().nullable().describe('`null` until a page was fetched.') }),
  async run({ tx, input, context, tenantId }) {
    const { id: collectionId } = await findCollection(tx, tenantId, input.collection);
    const row = await findDocument(tx, { tenantId, collectionId, id: input.document });
    const { sealed } = await tx.knowledgeDocument.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id: row.id } },
      select: { sealed: true },
    });
    const key = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    return { ...documentOut(row), content: sealed === null ? null : new DocumentSeal(key, row.id).openText(sealed) };
  },
});
