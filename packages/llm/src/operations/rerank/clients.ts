import type { CallIssue } from '../../neutral/call.ts';
import { defined, numberOf } from '../../object.ts';
import { type OperationCall, problem } from '../operation.ts';
import { documentOf, type RerankCall, type RerankClient } from './call.ts';

/** More documents than this no provider orders in one call. */
const MAX_DOCUMENTS = 10_000;
const KNOWN = new Set(['model', 'query', 'documents', 'top_n', 'max_tokens_per_doc', 'return_documents']);

/** Both dialects ask alike. */
function read({ body, model }: OperationCall): RerankCall | CallIssue {
  const { query, documents, top_n: topN } = body;
  if (typeof query !== 'string') return problem('query', 'must be a text');
  if (!Array.isArray(documents) || documents.length === 0 || documents.length > MAX_DOCUMENTS) {
    return problem('documents', `must be a list of 1 to ${MAX_DOCUMENTS} documents`);
  }
  if (topN !== undefined && topN !== null && !(typeof topN === 'number' && Number.isInteger(topN) && topN > 0)) {
    return problem('top_n', 'must be a whole number above 0');
  }
  const extra = Object.fromEntries(Object.entries(body).filter(([key, value]) => !KNOWN.has(key) && value !== null));
  return defined({
    model,
    query,
    documents: documents.map(documentOf),
    topN: numberOf(topN),
    maxTokensPerDocument: numberOf(body.max_tokens_per_doc),
    extra,
  });
}

function documentAt({ body }: OperationCall, index: number): unknown {
  const raw: unknown = Array.isArray(body.documents) ? body.documents[index] : undefined;
  return typeof raw === 'string' ? { text: raw } : raw;
}

/** Cohere's `POST /v2/rerank` (docs.cohere.com/v2/reference/rerank). */
export const cohereClient: RerankClient = {
  read,
  write({ id, results, usage }, _call, view) {
    const meta: Record<string, unknown> = { api_version: { version: '2' } };
    if (usage !== null && usage.searchUnits > 0) meta.billed_units = { search_units: usage.searchUnits };
    if (usage !== null && usage.inputTokens > 0) meta.tokens = { input_tokens: usage.inputTokens };
    const written = results.map(({ index, score }) => ({ index, relevance_score: score }));
    return JSON.stringify({ id: id ?? view.id, results: written, meta });
  },
};

/** Jina's `POST /v1/rerank`, which most servers of open models speak as well. It shows documents unless told not to. */
export const jinaClient: RerankClient = {
  read,
  write({ id, results, usage }, call, view) {
    const withText = call.body.return_documents !== false;
    const tokens = usage?.inputTokens ?? 0;
    const written = results.map(({ index, score }) =>
      defined({ index, relevance_score: score, document: withText ? documentAt(call, index) : undefined }),
    );
    const units = usage !== null && usage.searchUnits > 0 ? usage.searchUnits : undefined;
    return JSON.stringify({
      id: id ?? view.id,
      model: view.model,
      results: written,
      usage: defined({ total_tokens: tokens, prompt_tokens: tokens, search_units: units }),
    });
  },
};
