import type { CatalogueModel, CatalogueSource } from '../../src/catalogue/model.ts';

/** Models no package lists, from their vendors' pages. What a page does not state stays `null`. */
export const SUPPLEMENT_SOURCE: CatalogueSource = {
  name: 'supplement',
  version: '2026-11-21',
  date: '2026-11-21',
  licence: 'Apache-2.0',
  about:
    'read on docs.voyageai.com, mongodb.com/docs/voyageai, docs.cohere.com, cohere.com/pricing (packages/llm/tools/catalogue/supplement.ts)',
};

function reranker(
  maker: string,
  name: string,
  known: { label: string; contextTokens: number; input?: number },
): CatalogueModel {
  return {
    id: `${maker}/${name.replaceAll('.', '-')}`,
    maker,
    name: known.label,
    kind: 'rerank',
    status: 'current',
    contextTokens: known.contextTokens,
    maxOutputTokens: null,
    can: ['rerank'],
    cannot: [],
    releasedOn: null,
    retiresOn: null,
    offers: [{ provider: maker, name, prices: known.input === undefined ? [] : [{ tokens: { input: known.input } }] }],
    sources: ['supplement'],
  };
}

export const SUPPLEMENT: readonly CatalogueModel[] = [
  // Cohere bills rerankers per search and states no price per search on its own page.
  reranker('cohere', 'rerank-v3.5', { label: 'Rerank 3.5', contextTokens: 4_096 }),
  reranker('cohere', 'rerank-v4.0-fast', { label: 'Rerank 4 Fast', contextTokens: 32_768 }),
  reranker('cohere', 'rerank-v4.0-pro', { label: 'Rerank 4 Pro', contextTokens: 32_768 }),
  reranker('voyage', 'rerank-2.5', { label: 'Rerank 2.5', contextTokens: 32_000, input: 50_000_000 }),
  reranker('voyage', 'rerank-2.5-lite', { label: 'Rerank 2.5 Lite', contextTokens: 32_000, input: 20_000_000 }),
];
