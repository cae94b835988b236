import type { Transaction } from '@parley/db/client';
import type { OpenModelSettings } from '../prompts/open-model.ts';
import { type Embedder, EmbeddingFailed, embedderOrNone } from './embed.ts';
import type { KnowledgeAnswer, KnowledgeQuestion } from './found.ts';
import { heldIndex, indexRows, type OpenIndex, openIndex } from './open-index.ts';

/** Answers kept with an open collection. */
const MOST_ANSWERS = 200;

/** A collection that can be searched once the transaction is over. */
export interface Searchable {
  readonly open: () => Promise<OpenIndex>;
  readonly embedder: Embedder;
}

/** What searching a collection takes, read in one transaction; passages only where they are not open already. */
export async function searchable(
  tx: Transaction,
  settings: OpenModelSettings,
  { tenantId, id, version, embedding }: { tenantId: string; id: string; version: bigint; embedding: string },
): Promise<Searchable> {
  const embedder = await embedderOrNone(tx, settings, tenantId, embedding);
  const name = { tenantId, collectionId: id, version, kind: embedder.kind };
  const held = heldIndex(name);
  if (held !== null) return { open: () => held, embedder };
  const rows = await indexRows(tx, settings.masterKey, tenantId, id);
  return { open: () => openIndex(name, rows), embedder };
}

/** Searches it. The same question of the same collection is answered from what was found before. */
export async function searchKnowledge(
  { open, embedder }: Searchable,
  question: KnowledgeQuestion,
): Promise<KnowledgeAnswer> {
  const { index, answers } = await open();
  const asked = JSON.stringify([question.text, question.mode, question.limit, Object.entries(question.filter)]);
  const before = answers.get(asked);
  if (before !== undefined) return { ...before, cached: true };
  const { vector, note } = await vectorFor(question, embedder);
  const mode = vector === null ? 'lexical' : question.mode;
  const { text, limit: most, filter } = question;
  const found = index.search({ text, vector, mode, most, filter }).map(({ passage, score }) => ({ ...passage, score }));
  const answer = { found, mode, note, cached: false } as const;
  if (note === '') {
    answers.set(asked, answer);
    for (const oldest of answers.keys()) if (answers.size > MOST_ANSWERS) answers.delete(oldest);
  }
  return answer;
}

async function vectorFor(
  { text, mode }: KnowledgeQuestion,
  embedder: Embedder,
): Promise<{ vector: Float32Array | null; note: string }> {
  if (mode === 'lexical') return { vector: null, note: '' };
  try {
    const [vector = null] = await embedder.embed([text]);
    return { vector, note: '' };
  } catch (error) {
    if (!(error instanceof EmbeddingFailed)) throw error;
    return { vector: null, note: error.message };
  }
}
