import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';

export const metadataInput = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((given) => Object.keys(given).length <= 16, 'At most 16 names.')
  .describe('Names and values that searches can be filtered by.');

export const documentShape = z.object({
  id: z.uuid(),
  collection: z.string(),
  title: z.string(),
  format: z.string().nullable(),
  url: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  characters: z.number().int(),
  state: z.enum(['waiting', 'working', 'ready', 'failed']),
  /** Why it failed. */
  message: z.string(),
  passages: z.number().int(),
  passagesDone: z.number().int(),
  /** Whether it is found: as it is now, or as it was read before. */
  searchable: z.boolean(),
  createdAt: timeShape,
  updatedAt: timeShape,
});

const COLUMNS = {
  id: true,
  collectionId: true,
  title: true,
  format: true,
  sourceUrl: true,
  metadata: true,
  characters: true,
  state: true,
  message: true,
  passages: true,
  passagesDone: true,
  readyRound: true,
  createdAt: true,
  updatedAt: true,
  collection: { select: { slug: true } },
} as const;

/** Documents without their texts. */
export function listDocuments(
  tx: Transaction,
  where: { tenantId: string; collectionId: string; id?: string | { gt: string } },
  take: number,
) {
  return tx.knowledgeDocument.findMany({ where, orderBy: { id: 'asc' }, take, select: COLUMNS });
}

/** A document of a collection, without its text. Throws `not_found`. */
export async function findDocument(
  tx: Transaction,
  { tenantId, collectionId, id }: { tenantId: string; collectionId: string; id: string },
) {
  const [row] = await listDocuments(tx, { tenantId, collectionId, id }, 1);
  if (row === undefined) throw new Fault('not_found', 'There is no such document in this collection.');
  return row;
}

type DocumentRow = Awaited<ReturnType<typeof findDocument>>;

export function documentOut({ collectionId: _, collection, sourceUrl, readyRound, ...row }: DocumentRow) {
  return {
    ...row,
    collection: collection.slug,
    url: sourceUrl,
    metadata: z.record(z.string(), z.string()).parse(row.metadata),
    state: documentShape.shape.state.parse(row.state),
    searchable: readyRound !== null,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
