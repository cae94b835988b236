import type { Transaction } from '@parley/db/client';
import type { DataKey } from '@parley/kernel/seal';
import { CollectionIndex } from '@parley/retrieval/collection-index';
import { z } from 'zod';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import type { FoundPassage, KnowledgeAnswer } from './found.ts';
import { MAX_PASSAGES } from './ingest.ts';
import { DocumentSeal } from './sealed.ts';

/** A collection ready to be searched, as it was at one version. */
export interface OpenIndex {
  readonly index: CollectionIndex<FoundPassage>;
  /** Answers given to questions asked before. */
  readonly answers: Map<string, KnowledgeAnswer>;
  readonly characters: number;
}

/** How much of the collections searched lately is kept open: their texts, which vectors and words take a few times more of. */
const MOST_CHARACTERS = 30_000_000;
/** Nothing is kept open for longer without being asked. */
const IDLE_MS = 300_000;
/** Passages indexed before others have their turn. */
const STEP = 200;

const metadataSchema = z.record(z.string(), z.string());

interface Held {
  readonly open: Promise<OpenIndex>;
  readonly characters: number;
  readonly usedAtMs: number;
}

/**
 * The collections this process searched lately, in the order of their use. A name holds tenant, collection, version and kind
 * of vectors: whatever changes, what was kept is asked for no more, and soon gone.
 */
const HELD = new Map<string, Held>();

export interface IndexName {
  readonly tenantId: string;
  readonly collectionId: string;
  readonly version: bigint;
  /** Of the vectors that are compared; passages with others are found by their words. */
  readonly kind: string;
}

const nameOf = ({ tenantId, collectionId, version, kind }: IndexName): string =>
  `${tenantId} ${collectionId} ${version} ${kind}`;

/** A collection as it is now, where it is open already. */
export function heldIndex(name: IndexName): Promise<OpenIndex> | null {
  const nowMs = Date.now();
  for (const [each, { usedAtMs }] of HELD) if (nowMs - usedAtMs > IDLE_MS) HELD.delete(each);
  const text = nameOf(name);
  const held = HELD.get(text);
  if (held === undefined) return null;
  HELD.delete(text);
  HELD.set(text, { ...held, usedAtMs: nowMs });
  return held.open;
}

/** A collection as it is now: open already, or made of `rows`, in steps that let others work. */
export function openIndex(name: IndexName, rows: IndexRows): Promise<OpenIndex> {
  const held = heldIndex(name);
  if (held !== null) return held;
  const open = made(rows, name.kind);
  const text = nameOf(name);
  HELD.set(text, { open, characters: 0, usedAtMs: Date.now() });
  open.then(
    ({ characters }) => {
      const fresh = HELD.get(text);
      if (fresh === undefined) return;
      HELD.set(text, { ...fresh, characters });
      keepWithin();
    },
    () => HELD.delete(text),
  );
  return open;
}

/** Lets those go that were asked longest ago. */
function keepWithin(): void {
  let characters = [...HELD.values()].reduce((sum, held) => sum + held.characters, 0);
  for (const [name, held] of HELD) {
    if (characters <= MOST_CHARACTERS || HELD.size === 1) return;
    characters -= held.characters;
    HELD.delete(name);
  }
}

/** What an index is made of, still sealed. */
export interface IndexRows {
  readonly key: DataKey;
  readonly passages: Awaited<ReturnType<typeof sealedPassages>>;
}

/** Reads what a collection is searched by: of each document the passages of the last finished round. */
export async function indexRows(
  tx: Transaction,
  masterKey: DataKey,
  tenantId: string,
  collectionId: string,
): Promise<IndexRows> {
  const key = await tenantDataKey(tx, masterKey, tenantId);
  return { key, passages: await sealedPassages(tx, tenantId, collectionId) };
}

function sealedPassages(tx: Transaction, tenantId: string, collectionId: string) {
  return tx.$queryRaw<
    {
      id: string;
      title: string;
      url: string | null;
      metadata: unknown;
      number: number;
      start: number;
      end: number;
      sealed: Uint8Array;
      kind: string;
      vector: Uint8Array;
    }[]
  >`
    SELECT d.id, d.title, d.source_url AS url, d.metadata, p.number, p.start_at AS start, p.end_at AS "end", p.sealed,
      p.embedded_by AS kind, p.vector
    FROM knowledge_documents d JOIN knowledge_passages p
      ON p.tenant_id = d.tenant_id AND p.document_id = d.id AND p.round = d.ready_round
    WHERE d.tenant_id = ${tenantId}::uuid AND d.collection_id = ${collectionId}::uuid
    ORDER BY d.id, p.number LIMIT ${2 * MAX_PASSAGES}`;
}

async function made({ key, passages }: IndexRows, kind: string): Promise<OpenIndex> {
  const first = passages.find((row) => row.kind === kind);
  const vectorOf = (row: (typeof passages)[number]): Float32Array =>
    new DocumentSeal(key, row.id).openVector(row.vector);
  const dimensions = first === undefined ? null : vectorOf(first).length;
  const index = new CollectionIndex<FoundPassage>(dimensions, passages.length);
  let characters = 0;
  for (const [at, row] of passages.entries()) {
    if (at % STEP === STEP - 1) await new Promise(setImmediate);
    const { id: documentId, title, url: sourceUrl, number, start, end } = row;
    const { text, headings } = new DocumentSeal(key, documentId).openPassage(row.sealed);
    const metadata = metadataSchema.parse(row.metadata);
    const vector = row.kind === kind ? vectorOf(row) : null;
    const same = vector !== null && vector.length === dimensions ? vector : null;
    index.add({ documentId, title, sourceUrl, metadata, number, start, end, text, headings }, same);
    characters += text.length;
  }
  return { index, answers: new Map(), characters };
}
