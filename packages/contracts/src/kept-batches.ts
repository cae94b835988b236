import { z } from 'zod';

/** Where a gateway tells of an application's batches; only the portal may ask. */
export const BATCH_LIST_PATH = '/_parley/batches';
export const BATCH_CANCEL_PATH = '/_parley/batches/cancel';
export const BATCH_READ_PATH = '/_parley/batches/read';

/** Which of a batch's files: what was answered well, or what was not. */
export const BATCH_FILES = ['output', 'errors'] as const;

const applicationId = z.uuid();
const time = z.iso.datetime().nullable();

/** Whose batches; the portal has seen that the application is the tenant's own. */
export const batchListRequestSchema = z.strictObject({ applicationId });
export const batchCancelRequestSchema = z.strictObject({ applicationId, id: z.uuid() });
export const batchReadRequestSchema = z.strictObject({
  applicationId,
  id: z.uuid(),
  file: z.enum(BATCH_FILES),
  /** From 0. */
  part: z.number().int().min(0).max(1000),
});

/** A batch as an application's page shows it: nothing of calls or answers. */
export const keptBatchShape = z.object({
  id: z.uuid(),
  /** As its sender knows it: `batch_…`, `msgbatch_…`. */
  name: z.string(),
  state: z.enum([
    'validating',
    'in_progress',
    'finalizing',
    'completed',
    'failed',
    'expired',
    'cancelling',
    'cancelled',
  ]),
  endpoint: z.string(),
  total: z.number().int(),
  completed: z.number().int(),
  /** Never made ones included. */
  failed: z.number().int(),
  createdAt: z.iso.datetime(),
  endedAt: time,
  expiresAt: z.iso.datetime(),
  hasOutput: z.boolean(),
  hasErrors: z.boolean(),
  /** What was wrong with it, the first of all. */
  problem: z.string().nullable(),
});
export type KeptBatch = z.output<typeof keptBatchShape>;

export const batchListReplySchema = z.object({ items: z.array(keptBatchShape) });
/** `null`: the application has no such batch. */
export const batchCancelReplySchema = z.object({ batch: keptBatchShape.nullable() });

/** A piece of a file; characters may be divided between two. */
export const batchPieceShape = z.object({
  base64: z.string(),
  /** The next piece; `null` after the last. */
  next: z.number().int().nullable(),
});
/** `null`: there is no such batch, file or piece. */
export const batchReadReplySchema = z.object({ piece: batchPieceShape.nullable() });
