import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { latestPartials, partialShape, partialsOut } from './partial-shape.ts';

/** The tenant's shared pieces of text, each in its latest version. */
export const listPromptPartials = defineVerb({
  name: 'promptPartials.list',
  summary: 'List shared pieces of prompt text, each in its latest version.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompt-partials' },
  input: z.object({}),
  output: z.object({ items: z.array(partialShape), nextCursor: z.string().nullable() }),
  async run({ tx, tenantId }) {
    return { items: await partialsOut(tx, await latestPartials(tx, tenantId)), nextCursor: null };
  },
});
