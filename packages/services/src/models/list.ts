import { afterSlug, toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { modelInclude, modelOut, modelShape } from './model-shape.ts';

/** The tenant's models by name, disabled ones too, each with its price now. */
export const listModels = defineVerb({
  name: 'models.list',
  summary: 'List models with their current prices.',
  kind: 'read',
  access: 'providers.read',
  rest: { method: 'GET', path: '/models' },
  input: pageInput,
  output: pageOf(modelShape),
  async run({ tx, input, tenantId }) {
    const found = await tx.model.findMany({
      where: { tenantId, ...afterSlug(input.cursor) },
      orderBy: { slug: 'asc' },
      take: input.limit + 1,
      include: modelInclude,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.slug);
    return { items: rows.map(modelOut), nextCursor };
  },
});
