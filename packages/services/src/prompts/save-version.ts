import { promptDefinitionSchema } from '@parley/contracts/snapshot';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { appendVersion } from './append-version.ts';
import { findPrompt, namesOf, noteInput, promptVersionOut, promptVersionShape } from './prompt-shape.ts';

/** Saves a prompt as its next version. What is published stays as it is until an API points at the new version. */
export const savePromptVersion = defineVerb({
  name: 'prompts.saveVersion',
  summary: 'Save a new version of a prompt; saving what is there already adds nothing.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'POST', path: '/prompts/{prompt}/versions' },
  input: z.object({
    prompt: z.string(),
    definition: promptDefinitionSchema,
    note: noteInput,
    /** Number of the version you started from (`null` for none): refuses to save over somebody else's. */
    basedOn: z.number().int().nullable().optional(),
  }),
  output: promptVersionShape.extend({ added: z.boolean(), warnings: z.array(z.string()) }),
  async run({ tx, input, context, tenantId, audit }) {
    const { id: promptId, name, slug } = await findPrompt(tx, tenantId, input.prompt);
    const { definition, note, basedOn } = input;
    const { row, added, warnings } = await appendVersion(tx, {
      tenantId,
      promptId,
      definition,
      note,
      basedOn,
      userId: context.userId,
    });
    if (added) {
      await audit({
        subject: { kind: 'prompt', id: promptId, label: name },
        detail: { prompt: slug, version: row.number, note },
      });
    }
    return { ...promptVersionOut(row, await namesOf(tx, [row.createdById])), added, warnings };
  },
});
