import { afterSlug, toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { promptInclude, promptOut, promptShape } from './prompt-shape.ts';

/** The tenant's prompts by short name. */
export const listPrompts = defineVerb({
  name: 'prompts.list',
  summary: 'List prompts.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts' },
  input: pageInput,
  output: pageOf(promptShape),
  async run({ tx, input, tenantId }) {
    const found = await tx.prompt.findMany({
      where: { tenantId, ...afterSlug(input.cursor) },
      orderBy: { slug: 'asc' },
      take: input.limit + 1,
      include: promptInclude,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.slug);
    return { items: rows.map(promptOut), nextCursor };
  },
});
