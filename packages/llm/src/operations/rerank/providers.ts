import type { Loss } from '../../neutral/call.ts';
import { tokenCount } from '../../neutral/usage.ts';
import { defined, isObject, textOf } from '../../object.ts';
import { readOpenAiUsage, used } from '../usage.ts';
import { type RerankProvider, resultsOf, textsOf, unheard } from './call.ts';

/** Cohere bills by search units: one query with up to 100 documents. */
export const cohereProvider: RerankProvider = {
  write(call, target) {
    const losses: Loss[] = [];
    const documents = textsOf(call, losses);
    unheard(call, losses);
    const { query, topN, maxTokensPerDocument } = call;
    const body = { model: target.model, query, documents, top_n: topN, max_tokens_per_doc: maxTokensPerDocument };
    return { body: defined(body), losses };
  },

  read(body, documents) {
    const results = resultsOf(body.results, documents);
    if (results === null) return null;
    const meta = isObject(body.meta) ? body.meta : {};
    const billed = isObject(meta.billed_units) ? meta.billed_units : {};
    const searchUnits = tokenCount(billed.search_units);
    const inputTokens = tokenCount(billed.input_tokens);
    const usage = searchUnits > 0 || inputTokens > 0 ? used({ searchUnits, inputTokens }) : null;
    return { id: textOf(body.id) ?? null, model: null, results, usage };
  },
};

/** Jina, and servers of open models beside OpenAI's paths: tokens are counted. */
export const jinaProvider: RerankProvider = {
  write(call, target) {
    const losses: Loss[] = [];
    const documents = textsOf(call, losses);
    unheard(call, losses);
    if (call.maxTokensPerDocument !== undefined) {
      losses.push({ path: 'max_tokens_per_doc', why: 'the provider’s protocol has no such member', essential: false });
    }
    const body = { model: target.model, query: call.query, documents, top_n: call.topN, return_documents: false };
    return { body: defined(body), losses };
  },

  read(body, documents) {
    const results = resultsOf(body.results, documents);
    return (
      results && {
        id: textOf(body.id) ?? null,
        model: textOf(body.model) ?? null,
        results,
        usage: readOpenAiUsage(body.usage),
      }
    );
  },
};
