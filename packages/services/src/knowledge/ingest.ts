import type { Database, Transaction } from '@parley/db/client';
import { isUniqueViolation } from '@parley/db/errors';
import type { DataKey } from '@parley/kernel/seal';
import { type Chunk, chunked, type Format } from '@parley/retrieval/chunk/chunk';
import { indexedText } from '@parley/retrieval/collection-index';
import { z } from 'zod';
import type { OpenModelSettings } from '../prompts/open-model.ts';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { type Embedder, EmbeddingFailed, embedderOrNone } from './embed.ts';
import { fetchPage } from './fetch-page.ts';
import { contentHash, DocumentSeal } from './sealed.ts';

export interface IngestTools extends OpenModelSettings {
  readonly db: Database;
}

/** After this long nothing new is begun: a process that has to end waits for no document. */
const SLICE_MS = 15_000;
/** Passages made with one question to an embedding model, and kept in one step. */
const BATCH = 64;
export const MAX_PASSAGES = 5000;
const DUPLICATE = 'The same text is in this collection already.';

const formatSchema = z.enum(['text', 'markdown', 'html', 'csv']);

interface Opened {
  readonly collectionId: string;
  readonly round: number;
  readonly content: string | null;
  readonly format: Format | null;
  readonly sourceUrl: string | null;
  readonly done: number;
  readonly others: number;
  readonly key: DataKey;
  readonly embedder: Embedder;
}

/**
 * Does what is not done yet of a document, for a while: true when there is more. What was done is kept as it comes, so that a
 * process that dies costs one batch. Work of an earlier round, and of a document that is gone, ends at once.
 */
export async function ingestDocument(
  { db, ...settings }: IngestTools,
  { tenantId, documentId }: { tenantId: string; documentId: string },
  sliceMs = SLICE_MS,
): Promise<boolean> {
  const until = performance.now() + sliceMs;
  const opened = await db.within({}, (tx) => open(tx, settings, tenantId, documentId));
  if (opened === null) return false;
  const { round, embedder } = opened;
  const seal = new DocumentSeal(opened.key, documentId);
  const where = { tenantId, id: documentId, round };
  const fail = async (message: string): Promise<false> => {
    const data = { state: 'failed', message };
    await db.within({}, (tx) => tx.knowledgeDocument.updateMany({ where, data }));
    return false;
  };
  const read = await contentOf(opened, settings.allowedPrivate);
  if ('problem' in read) return fail(read.problem);
  const chunks = chunked(read.content, read.format);
  if (chunks.length === 0) return fail('It holds no text.');
  if (chunks.length + opened.others > MAX_PASSAGES) {
    return fail(
      `It makes ${chunks.length} passages; a collection holds ${MAX_PASSAGES}, and has ${opened.others} others.`,
    );
  }
  const started = await db.within({}, (tx) => begin(tx, where, opened, read, seal, chunks.length)).catch(duplicate);
  if (started === 'duplicate') return fail(DUPLICATE);
  if (!started) return false;
  for (let from = opened.done; from < chunks.length; from += BATCH) {
    if (performance.now() > until) return true;
    const part = chunks.slice(from, from + BATCH);
    let vectors: Float32Array[];
    try {
      vectors = await embedder.embed(part.map(indexedText));
    } catch (error) {
      if (error instanceof EmbeddingFailed) return fail(error.message);
      throw error;
    }
    const rows = part.map((chunk, at) => rowOf(seal, chunk, from + at, vectors[at] as Float32Array));
    const kept = await db.within({}, async (tx) => {
      const data = { passagesDone: from + part.length };
      if ((await tx.knowledgeDocument.updateMany({ where, data })).count === 0) return false;
      const same = { tenantId, documentId, round, embeddedBy: embedder.kind };
      await tx.knowledgePassage.createMany({ data: rows.map((row) => ({ ...same, ...row })), skipDuplicates: true });
      return true;
    });
    if (!kept) return false;
  }
  await db.within({}, (tx) => finish(tx, where, opened.collectionId));
  return false;
}

async function open(
  tx: Transaction,
  settings: OpenModelSettings,
  tenantId: string,
  id: string,
): Promise<Opened | null> {
  const row = await tx.knowledgeDocument.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: { collection: true },
  });
  if (row === null || row.state === 'ready' || row.state === 'failed') return null;
  const { collectionId, round, sourceUrl, collection } = row;
  const key = await tenantDataKey(tx, settings.masterKey, tenantId);
  const others = await tx.knowledgeDocument.aggregate({
    where: { tenantId, collectionId, id: { not: id } },
    _sum: { passages: true },
  });
  return {
    collectionId,
    round,
    sourceUrl,
    content: row.sealed === null ? null : new DocumentSeal(key, id).openText(row.sealed),
    format: row.format === null ? null : formatSchema.parse(row.format),
    done: row.passagesDone,
    others: others._sum.passages ?? 0,
    key,
    embedder: await embedderOrNone(tx, settings, tenantId, collection.embedding),
  };
}

interface Read {
  readonly content: string;
  readonly format: Format;
  /** It was fetched just now. */
  readonly fresh: boolean;
}

async function contentOf(
  { content, format, sourceUrl }: Opened,
  allowedPrivate: readonly string[],
): Promise<Read | { readonly problem: string }> {
  if (content !== null && format !== null) return { content, format, fresh: false };
  if (sourceUrl === null) return { problem: 'It holds no text.' };
  const fetched = await fetchPage(sourceUrl, allowedPrivate);
  return 'problem' in fetched ? fetched : { ...fetched, fresh: true };
}

type OwnRound = { readonly tenantId: string; readonly id: string; readonly round: number };

/** Keeps what was fetched and how much there is to do; false where the round is over. */
async function begin(
  tx: Transaction,
  where: OwnRound,
  { key, collectionId }: Opened,
  { content, format, fresh }: Read,
  seal: DocumentSeal,
  passages: number,
): Promise<boolean> {
  const read = {
    sealed: seal.text(content),
    format,
    characters: content.length,
    contentHash: contentHash(key, collectionId, content),
  };
  const data = { state: 'working', message: '', passages, ...(fresh ? read : {}) };
  return (await tx.knowledgeDocument.updateMany({ where, data })).count > 0;
}

function duplicate(error: unknown): 'duplicate' {
  if (isUniqueViolation(error)) return 'duplicate';
  throw error;
}

function rowOf(seal: DocumentSeal, chunk: Chunk, number: number, vector: Float32Array) {
  const { start: startAt, end: endAt } = chunk;
  return { number, startAt, endAt, sealed: seal.passage(chunk), vector: seal.vector(vector) };
}

/** From now on the document is found by the passages of this round, and no longer by those before. */
async function finish(tx: Transaction, where: OwnRound, collectionId: string): Promise<void> {
  const { tenantId, id: documentId, round } = where;
  const data = { state: 'ready', readyRound: round };
  if ((await tx.knowledgeDocument.updateMany({ where, data })).count === 0) return;
  await tx.knowledgePassage.deleteMany({ where: { tenantId, documentId, round: { not: round } } });
  await changed(tx, tenantId, collectionId);
}

/** What is found in a collection is another from here on: nothing kept of it holds any more. */
export async function changed(tx: Transaction, tenantId: string, id: string): Promise<void> {
  await tx.knowledgeCollection.updateMany({ where: { tenantId, id }, data: { version: { increment: 1 } } });
}
