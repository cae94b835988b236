import { afterSlug, toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { upstreamInclude, upstreamOut, upstreamShape } from './upstream-shape.ts';

/** The tenant's upstreams by short name. */
export const listUpstreams = defineVerb({
  name: 'upstreams.list',
  summary: 'List upstream services.',
  kind: 'read',
  access: 'upstreams.read',
  rest: { method: 'GET', path: '/upstreams' },
  input: pageInput,
  output: pageOf(upstreamShape),
  async run({ tx, input, tenantId }) {
    const found = await tx.upstream.findMany({
      where: { tenantId, ...afterSlug(input.cursor) },
      orderBy: { slug: 'asc' },
      take: input.limit + 1,
      include: upstreamInclude,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.slug);
    return { items: rows.map(upstreamOut), nextCursor };
  },
});
