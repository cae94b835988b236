/** Cuts rows read with `limit + 1` to a page; the cursor of the next one is the last row's own mark. */
export function toPage<Row>(
  rows: Row[],
  limit: number,
  markOf: (row: Row) => string,
): { rows: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? markOf(last) : null };
}

/** Rows after a cursor, in the order of their short names. */
export function afterSlug(cursor: string | undefined): { slug?: { gt: string } } {
  return cursor === undefined ? {} : { slug: { gt: cursor } };
}
