import { z } from 'zod';
import { findCollection } from '../collections/collection-shape.ts';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { documentOut, documentShape, listDocuments as readDocuments } from './document-shape.ts';

/** A collection's documents in the order they were added, without their texts. */
export const listDocuments = defineVerb({
  name: 'documents.list',
  summary: 'List the documents of a collection and how far they are.',
  kind: 'read',
  access: 'knowledge.read',
  rest: { method: 'GET', path: '/collections/{collection}/documents' },
  input: pageInput.extend({ collection: z.string(), cursor: z.uuid().optional() }),
  output: pageOf(documentShape),
  async run({ tx, input, tenantId }) {
    const { id: collectionId } = await findCollection(tx, tenantId, input.collection);
    const after = input.cursor === undefined ? {} : { id: { gt: input.cursor } };
    const found = await readDocuments(tx, { tenantId, collectionId, ...after }, input.limit + 1);
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.id);
    return { items: rows.map(documentOut), nextCursor };
  },
});
