import { z } from 'zod';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findPrompt, namesOf, promptVersionOut, promptVersionShape } from './prompt-shape.ts';

/** A prompt's versions, newest first. */
export const promptVersions = defineVerb({
  name: 'prompts.versions',
  summary: 'List a prompt’s versions, newest first.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}/versions' },
  input: pageInput.extend({
    prompt: z.string(),
    cursor: z
      .string()
      .regex(/^\d{1,9}$/, 'Pass the cursor back as it came.')
      .optional(),
  }),
  output: pageOf(promptVersionShape),
  async run({ tx, input, tenantId }) {
    const { id: promptId } = await findPrompt(tx, tenantId, input.prompt);
    const found = await tx.promptVersion.findMany({
      where: { tenantId, promptId, ...(input.cursor === undefined ? {} : { number: { lt: Number(input.cursor) } }) },
      orderBy: { number: 'desc' },
      take: input.limit + 1,
    });
    const { rows, nextCursor } = toPage(found, input.limit, (row) => String(row.number));
    const names = await namesOf(
      tx,
      rows.map((row) => row.createdById),
    );
    return { items: rows.map((row) => promptVersionOut(row, names)), nextCursor };
  },
});
