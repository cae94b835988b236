import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { partialShape, partialsOut } from './partial-shape.ts';

/** The newest hundred versions of a shared piece of text. */
export const promptPartialVersions = defineVerb({
  name: 'promptPartials.versions',
  summary: 'List the versions of a shared piece of prompt text, newest first.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompt-partials/{partial}/versions' },
  input: z.object({ partial: z.string() }),
  output: z.object({ items: z.array(partialShape) }),
  async run({ tx, input, tenantId }) {
    const where = { tenantId, slug: input.partial };
    const rows = await tx.promptPartial.findMany({ where, orderBy: { number: 'desc' }, take: 100 });
    if (rows.length === 0) throw new Fault('not_found', `There is no shared text “${input.partial}” here.`);
    return { items: await partialsOut(tx, rows) };
  },
});
