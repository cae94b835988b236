import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { appendVersion } from './append-version.ts';
import {
  findPrompt,
  findPromptVersion,
  namesOf,
  promptVersionOut,
  promptVersionShape,
  readDefinition,
} from './prompt-shape.ts';

/** Saves an earlier version again as the next one, shared texts as they were then. */
export const rollbackPrompt = defineVerb({
  name: 'prompts.rollback',
  summary: 'Save an earlier version of a prompt again as its next version.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'POST', path: '/prompts/{prompt}/rollback' },
  input: z.object({ prompt: z.string(), promptVersion: z.number().int().min(1) }),
  output: promptVersionShape.extend({ added: z.boolean(), warnings: z.array(z.string()) }),
  async run({ tx, input, context, tenantId, audit }) {
    const { prompt, promptVersion } = input;
    const { id: promptId, name } = await findPrompt(tx, tenantId, prompt);
    const earlier = await findPromptVersion(tx, tenantId, prompt, promptVersion);
    const { row, added, warnings } = await appendVersion(tx, {
      tenantId,
      promptId,
      definition: readDefinition(earlier.definition),
      note: `As version ${promptVersion}`,
      userId: context.userId,
      keepPartials: true,
    });
    if (added) {
      await audit({
        subject: { kind: 'prompt', id: promptId, label: name },
        detail: { prompt, version: row.number, as: promptVersion },
      });
    }
    return { ...promptVersionOut(row, await namesOf(tx, [row.createdById])), added, warnings };
  },
});
