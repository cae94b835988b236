import { afterSlug, toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { providerInclude, providerOut, providerShape } from './provider-shape.ts';

/** The tenant's providers by short name, with their keys masked. */
export const listProviders = defineVerb({
  name: 'providers.list',
  summary: 'List model providers.',
  kind: 'read',
  access: 'providers.read',
  rest: { method: 'GET', path: '/providers' },
  input: pageInput,
  output: pageOf(providerShape),
  async run({ tx, input, tenantId }) {
    const found = await tx.provider.findMany({
      where: { tenantId, ...afterSlug(input.cursor) },
      orderBy: { slug: 'asc' },
      take: input.limit + 1,
      include: providerInclude,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.slug);
    return { items: rows.map(providerOut), nextCursor };
  },
});
