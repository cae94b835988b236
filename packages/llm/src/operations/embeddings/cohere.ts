import type { Loss } from '../../neutral/call.ts';
import { tokenCount } from '../../neutral/usage.ts';
import { defined, isObject } from '../../object.ts';
import { used } from '../usage.ts';
import { type EmbedProvider, type EmbedTask, textsOf, unheard, vectorsOf } from './call.ts';

const INPUT_TYPES: Readonly<Record<EmbedTask, string>> = {
  query: 'search_query',
  question: 'search_query',
  fact: 'search_query',
  code_query: 'search_query',
  document: 'search_document',
  similarity: 'clustering',
  classification: 'classification',
  clustering: 'clustering',
};

/** Cohere's `POST /v2/embed` (docs.cohere.com/v2/reference/embed). It must be told a purpose: documents, when nothing was said. */
export const cohereProvider: EmbedProvider = {
  write(call, target) {
    const losses: Loss[] = [];
    const texts = textsOf(call, losses);
    unheard(call, losses);
    const body = {
      model: target.model,
      texts,
      input_type: INPUT_TYPES[call.task ?? 'document'],
      embedding_types: ['float'],
      output_dimension: call.dimensions,
    };
    return { body: defined(body), losses };
  },

  read(body, inputs) {
    const vectors = isObject(body.embeddings) ? vectorsOf(body.embeddings.float, inputs) : null;
    if (vectors === null) return null;
    const billed = isObject(body.meta) && isObject(body.meta.billed_units) ? body.meta.billed_units : null;
    return { model: null, vectors, usage: billed && used({ inputTokens: tokenCount(billed.input_tokens) }) };
  },
};
