import type {
  batchCancelRequestSchema,
  batchPieceShape,
  batchReadRequestSchema,
  KeptBatch,
} from '@parley/contracts/kept-batches';
import type { z } from 'zod';
import type { BatchView } from './batch.ts';
import { shownId } from './batch-id.ts';
import { endedAtMs } from './batch-object.ts';
import type { Batches } from './batches.ts';

/** As many as a page shows. */
const MOST = 50;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function shown(view: BatchView): KeptBatch {
  const { facts, state, total, completed, failed, unmade, problems } = view;
  const ended = endedAtMs(view);
  const [first] = problems;
  const line = first?.line ? `Line ${first.line}: ` : '';
  return {
    id: facts.id,
    name: shownId(facts.dialect === 'openai' ? 'batch_' : 'msgbatch_', facts.id),
    state,
    endpoint: facts.base + facts.endpoint,
    total,
    completed,
    failed: failed + unmade,
    createdAt: iso(facts.createdAtMs),
    endedAt: ended === undefined ? null : iso(ended),
    expiresAt: iso(facts.expiresAtMs),
    hasOutput: view.outputFileId !== null,
    hasErrors: view.errorFileId !== null,
    problem: first === undefined ? null : line + first.message,
  };
}

/** The newest batches of an application, for its page in the portal. */
export async function batchesForPortal({ store }: Batches, applicationId: string): Promise<{ items: KeptBatch[] }> {
  const page = { after: '', newestFirst: true, most: MOST };
  return { items: (await store.list(applicationId, page)).map(shown) };
}

async function ownBatch({ store }: Batches, applicationId: string, id: string): Promise<BatchView | null> {
  const view = await store.view(id);
  return view?.facts.applicationId === applicationId ? view : null;
}

/** Cancels a batch of the application; `null` where it has none of this id. */
export async function cancelForPortal(
  batches: Batches,
  { applicationId, id }: z.output<typeof batchCancelRequestSchema>,
): Promise<{ batch: KeptBatch | null }> {
  if ((await ownBatch(batches, applicationId, id)) === null) return { batch: null };
  await batches.store.cancel(id);
  batches.look();
  const now = await ownBatch(batches, applicationId, id);
  return { batch: now === null ? null : shown(now) };
}

/** A piece of what a batch of the application was answered. */
export async function readForPortal(
  batches: Batches,
  { applicationId, id, file, part }: z.output<typeof batchReadRequestSchema>,
): Promise<{ piece: z.output<typeof batchPieceShape> | null }> {
  const view = await ownBatch(batches, applicationId, id);
  const fileId = file === 'output' ? view?.outputFileId : view?.errorFileId;
  const facts = fileId ? await batches.files.view(fileId) : null;
  const sealed = facts === null ? null : await batches.files.read(facts.id, part);
  if (facts === null || sealed === null) return { piece: null };
  const plain = batches.seals.open(applicationId, `file:${facts.id}:${part}`, sealed);
  return { piece: { base64: plain.toString('base64'), next: part + 1 < facts.parts ? part + 1 : null } };
}
