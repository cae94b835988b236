import { z } from 'zod';
import { given } from '../given.ts';
import { nameShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findPrompt, promptDescriptionInput, promptInclude, promptOut, promptShape } from './prompt-shape.ts';

/** Changes a prompt's name or description; what it says is changed by saving a version. */
export const updatePrompt = defineVerb({
  name: 'prompts.update',
  summary: 'Change a prompt’s name or description.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'PATCH', path: '/prompts/{prompt}' },
  input: z.object({ prompt: z.string(), name: nameShape.optional(), description: promptDescriptionInput.optional() }),
  output: promptShape,
  async run({ tx, input, tenantId, audit }) {
    const { prompt, ...patch } = input;
    const { id } = await findPrompt(tx, tenantId, prompt);
    const changes = given(patch);
    const row = await tx.prompt.update({
      where: { tenantId_id: { tenantId, id } },
      data: changes,
      include: promptInclude,
    });
    await audit({ subject: { kind: 'prompt', id, label: row.name }, detail: changes });
    return promptOut(row);
  },
});
