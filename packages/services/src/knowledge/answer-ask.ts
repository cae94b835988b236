import {
  KNOWLEDGE_ANSWER,
  KNOWLEDGE_QUESTION,
  type KnowledgePassage,
  type KnowledgeQuestion,
  knowledgeQuestionSchema,
} from '@parley/contracts/knowledge';
import { open, seal } from '@parley/kernel/seal';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import type { KnowledgeAnswer } from './found.ts';
import type { IngestTools } from './ingest.ts';
import { type Searchable, searchable, searchKnowledge } from './search.ts';

/**
 * Answers a gateway's question of collections, both sealed with the tenant's data key. Collections that are gone are passed over;
 * of several the best passages of each come in turns, for scores of different collections say nothing of one another.
 */
export async function answerAsk(
  { db, ...settings }: IngestTools,
  { tenantId, sealed }: { tenantId: string; sealed: string },
): Promise<string> {
  const {
    key,
    question,
    open: collections,
  } = await db.within({}, async (tx) => {
    const own = await tenantDataKey(tx, settings.masterKey, tenantId);
    const asked = knowledgeQuestionSchema.parse(JSON.parse(open(own, sealed, KNOWLEDGE_QUESTION)));
    const where = { tenantId, slug: { in: asked.collections } };
    const rows = await tx.knowledgeCollection.findMany({ where });
    const found: { slug: string; searched: Searchable }[] = [];
    for (const row of rows) found.push({ slug: row.slug, searched: await searchable(tx, settings, row) });
    return { key: own, question: asked, open: found };
  });
  const lists: KnowledgePassage[][] = [];
  for (const { slug, searched } of collections) {
    lists.push(passagesOf(slug, await searchKnowledge(searched, question)));
  }
  return seal(key, JSON.stringify({ passages: inTurns(lists, question) }), KNOWLEDGE_ANSWER);
}

function passagesOf(collection: string, { found }: KnowledgeAnswer): KnowledgePassage[] {
  return found.map(({ documentId: document, title, number: passage, start, end, headings, text }) => {
    return { collection, document, title, passage, start, end, headings: [...headings], text };
  });
}

function inTurns(lists: readonly KnowledgePassage[][], { limit }: KnowledgeQuestion): KnowledgePassage[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const turns = Array.from({ length: longest }, (_, rank) => lists.flatMap((list) => list[rank] ?? []));
  return turns.flat().slice(0, limit);
}
