import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { OFFLINE } from '../knowledge/embed.ts';
import { iso, timeShape } from '../shapes.ts';

export const MAX_COLLECTIONS = 100;

export const descriptionInput = z.string().trim().max(500, 'At most 500 characters.');
export const embeddingInput = z
  .string()
  .min(1)
  .max(120)
  .describe(
    'Who makes the vectors: `offline`, which asks nobody and knows only spelling, or the short name of an embedding model.',
  );

export const collectionShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  embedding: z.string(),
  /** Grows with every change of what is found in it. */
  version: z.number().int(),
  documents: z.number().int(),
  /** Documents that are not searched as they were given last: being read, or failed. */
  pending: z.number().int(),
  failed: z.number().int(),
  passages: z.number().int(),
  createdAt: timeShape,
  updatedAt: timeShape,
});

/** A collection by its short name. Throws `not_found`. */
export async function findCollection(tx: Transaction, tenantId: string, slug: string) {
  const row = await tx.knowledgeCollection.findUnique({ where: { tenantId_slug: { tenantId, slug } } });
  if (!row) throw new Fault('not_found', `There is no collection “${slug}”.`);
  return row;
}

type CollectionRow = Awaited<ReturnType<typeof findCollection>>;

/** Collections as they leave a verb, with what is in them. */
export async function collectionsOut(tx: Transaction, tenantId: string, rows: readonly CollectionRow[]) {
  const counts = await tx.knowledgeDocument.groupBy({
    by: ['collectionId', 'state'],
    where: { tenantId, collectionId: { in: rows.map(({ id }) => id) } },
    _count: { _all: true },
    _sum: { passages: true },
  });
  return rows.map(({ id, slug, name, description, embedding, version, createdAt, updatedAt }) => {
    const own = counts.filter((count) => count.collectionId === id);
    const of = (states: readonly string[]): number =>
      own.filter(({ state }) => states.includes(state)).reduce((sum, { _count }) => sum + _count._all, 0);
    return {
      id,
      slug,
      name,
      description,
      embedding,
      version: Number(version),
      documents: of(['waiting', 'working', 'ready', 'failed']),
      pending: of(['waiting', 'working']),
      failed: of(['failed']),
      passages: own.reduce((sum, { _sum }) => sum + (_sum.passages ?? 0), 0),
      createdAt: iso(createdAt),
      updatedAt: iso(updatedAt),
    };
  });
}

/** One collection as it leaves a verb. */
export async function collectionOut(tx: Transaction, tenantId: string, slug: string) {
  const [found] = await collectionsOut(tx, tenantId, [await findCollection(tx, tenantId, slug)]);
  return found as NonNullable<typeof found>;
}

/** Throws unless vectors can be asked for by this name. */
export async function checkEmbedding(tx: Transaction, tenantId: string, name: string): Promise<void> {
  if (name === OFFLINE) return;
  const model = await tx.model.findFirst({ where: { tenantId, slug: name }, select: { capabilities: true } });
  if (!model) throw wrongField('embedding', `There is no model “${name}”. Choose one, or \`offline\`.`);
}
