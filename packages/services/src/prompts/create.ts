import { promptDefinitionSchema } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { orConflict } from '../conflict.ts';
import { nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { appendVersion } from './append-version.ts';
import { findPrompt, noteInput, promptDescriptionInput, promptOut, promptShape } from './prompt-shape.ts';

/** Makes a prompt, with its first version when a definition is given. */
export const createPrompt = defineVerb({
  name: 'prompts.create',
  summary: 'Make a prompt, with its first version when a definition is given.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'POST', path: '/prompts' },
  input: z.object({
    slug: slugShape,
    name: nameShape,
    description: promptDescriptionInput.default(''),
    definition: promptDefinitionSchema.optional(),
    note: noteInput,
  }),
  output: promptShape.extend({ warnings: z.array(z.string()) }),
  async run({ tx, input, context, tenantId, audit }) {
    const { definition, note, ...fields } = input;
    const id = newId();
    await orConflict(
      tx.prompt.create({ data: { ...fields, tenantId, id } }),
      'slug',
      'A prompt with this short name exists already.',
    );
    const version =
      definition && (await appendVersion(tx, { tenantId, promptId: id, definition, note, userId: context.userId }));
    await audit({
      subject: { kind: 'prompt', id, label: fields.name },
      detail: { ...fields, version: version ? 1 : null },
    });
    return { ...promptOut(await findPrompt(tx, tenantId, fields.slug)), warnings: version ? version.warnings : [] };
  },
});
