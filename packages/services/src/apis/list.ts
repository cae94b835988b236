import { afterSlug, toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { apiInclude, apiOut, apiShape } from './api-shape.ts';

/** The tenant's own APIs by short name, in every state. */
export const listApis = defineVerb({
  name: 'apis.list',
  summary: 'List the tenant’s own APIs in every state.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis' },
  input: pageInput,
  output: pageOf(apiShape),
  async run({ tx, input, tenantId }) {
    const found = await tx.api.findMany({
      where: { tenantId, ...afterSlug(input.cursor) },
      orderBy: { slug: 'asc' },
      take: input.limit + 1,
      include: apiInclude,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.slug);
    return { items: rows.map(apiOut), nextCursor };
  },
});
