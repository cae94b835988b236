import { z } from 'zod';
import { embed, relevance } from '../../core/embedding.ts';
import { fingerprint } from '../../core/seeded.ts';
import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { takeDirectives } from '../../faults.ts';
import type { Look } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { uuidOf } from './chat.ts';
import { invalid, invalidShape } from './cohere-error.ts';

/** `POST /v2/rerank` (Cohere API reference; types of `cohere-ai`). */
const rerankSchema = z.strictObject({
  model: z.string(),
  query: z.string(),
  documents: z.array(z.string()),
  top_n: z.number().int().min(1).nullish(),
  max_tokens_per_doc: z.number().int().min(1).nullish(),
  priority: z.number().int().nullish(),
});

const MOST_DOCUMENTS = 1000;
const PER_SEARCH_UNIT = 100;
const DIMENSIONS = 256;

export function lookAtQuery(body: unknown): Look {
  const { model, query } = (body ?? {}) as Record<string, unknown>;
  return {
    model: typeof model === 'string' ? model : null,
    stream: false,
    text: typeof query === 'string' ? query : '',
  };
}

/** Throws CohereError for a request Cohere would refuse. */
export async function rerank(exchange: Exchange, body: unknown): Promise<void> {
  const parsed = rerankSchema.safeParse(body);
  if (!parsed.success) throw invalidShape(parsed.error, body);
  const { documents, query, top_n: most } = parsed.data;
  const { model } = parseModel(parsed.data.model);
  const asked = takeDirectives(query).text;
  if (asked === '') throw invalid('query must not be empty');
  if (documents.length === 0) throw invalid('list of documents must not be empty');
  if (documents.length > MOST_DOCUMENTS) {
    throw invalid(`the number of documents must be at most ${MOST_DOCUMENTS} - received ${documents.length}`);
  }
  const vector = embed(asked, DIMENSIONS);
  const results = documents
    .map((text, index) => ({ index, relevance_score: relevance(vector, text) }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, most ?? documents.length);
  const meta = {
    api_version: { version: '2' },
    billed_units: { search_units: Math.ceil(documents.length / PER_SEARCH_UNIT) },
  };
  await deliverJson(exchange, { id: uuidOf(fingerprint([model, asked, documents])), results, meta }, 0, 0);
}
