import type { Exchange } from '../../exchange.ts';

/** One page of a list, as OpenAI cuts it: `limit`, `order` (the latest first), `after`; others filter by equal fields. */
export function pageOf<T extends { readonly id: string }>(
  exchange: Exchange,
  oldestFirst: readonly T[],
  filter: (item: T, query: URLSearchParams) => boolean = () => true,
): object {
  const query = new URL(exchange.request.url ?? '', 'http://simulator').searchParams;
  const kept = oldestFirst.filter((item) => filter(item, query));
  const ordered = query.get('order') === 'asc' ? kept : kept.toReversed();
  const after = query.get('after');
  const from = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const limit = Math.min(10_000, Math.max(1, Number(query.get('limit') ?? 20) || 20));
  const data = ordered.slice(from, from + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + limit < ordered.length,
  };
}
