import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict } from '../conflict.ts';
import { OFFLINE } from '../knowledge/embed.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import {
  checkEmbedding,
  collectionOut,
  collectionShape,
  descriptionInput,
  embeddingInput,
  MAX_COLLECTIONS,
} from './collection-shape.ts';

/** Makes a collection that documents can be added to. */
export const createCollection = defineVerb({
  name: 'collections.create',
  summary: 'Make a collection of documents that questions are answered from.',
  kind: 'write',
  access: 'knowledge.write',
  rest: { method: 'POST', path: '/collections' },
  input: z.object({
    slug: slugShape,
    name: nameShape,
    description: descriptionInput.default(''),
    embedding: embeddingInput.default(OFFLINE),
  }),
  output: collectionShape,
  async run({ tx, input, tenantId, audit }) {
    await checkEmbedding(tx, tenantId, input.embedding);
    if ((await tx.knowledgeCollection.count({ where: { tenantId } })) >= MAX_COLLECTIONS) {
      throw new Fault('limit_reached', `A tenant has at most ${MAX_COLLECTIONS} collections.`);
    }
    const id = newId();
    await orConflict(
      tx.knowledgeCollection.create({ data: { ...input, tenantId, id } }),
      'slug',
      'A collection with this short name exists already.',
    );
    await audit({ subject: { kind: 'collection', id, label: input.name }, detail: input });
    return collectionOut(tx, tenantId, input.slug);
  },
});
