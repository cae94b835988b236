import type { Transaction } from '@parley/db/client';
import { type CatalogueViewer, inCatalogue } from '@parley/db/repositories/catalogue';
import { z } from 'zod';

const facetShape = z.array(z.object({ value: z.string(), apis: z.number().int() }));

/** What the catalogue can be narrowed by, each value with the number of visible APIs that have it. */
export const facetsShape = z.object({ kinds: facetShape, categories: facetShape, tags: facetShape });

interface Row {
  facet: 'kinds' | 'categories' | 'tags';
  value: string;
  apis: number;
}

/** Counts over every API that the caller may see in the catalogue; the most frequent first, at most 40 of each. */
export async function countFacets(tx: Transaction, viewer: CatalogueViewer): Promise<z.infer<typeof facetsShape>> {
  const rows = await tx.$queryRaw<Row[]>`
    WITH visible AS (
      SELECT a.kind::text AS kind, a.category, a.tags FROM apis a
      WHERE ${inCatalogue(viewer)}
    )
    SELECT 'kinds' AS facet, kind AS value, count(*)::int AS apis FROM visible GROUP BY kind
    UNION ALL SELECT 'categories', category, count(*)::int FROM visible WHERE category <> '' GROUP BY category
    UNION ALL SELECT 'tags', tag, count(*)::int FROM visible, unnest(tags) AS tag GROUP BY tag
    ORDER BY 3 DESC, 2`;
  const of = (facet: Row['facet']) =>
    rows
      .filter((row) => row.facet === facet)
      .slice(0, 40)
      .map(({ value, apis }) => ({ value, apis }));
  return { kinds: of('kinds'), categories: of('categories'), tags: of('tags') };
}
