import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { collectionOut, collectionShape } from './collection-shape.ts';

/** One collection. */
export const getCollection = defineVerb({
  name: 'collections.get',
  summary: 'Read a collection and how far its documents are.',
  kind: 'read',
  access: 'knowledge.read',
  rest: { method: 'GET', path: '/collections/{collection}' },
  input: z.object({ collection: z.string() }),
  output: collectionShape,
  run: ({ tx, input, tenantId }) => collectionOut(tx, tenantId, input.collection),
});
