import type { PromptDefinition } from '@parley/contracts/snapshot';
import { z } from 'zod';
import { diffSections, diffShape, jsonLines, type Section } from '../text/line-diff.ts';
import { defineVerb } from '../verb.ts';
import { findPromptVersion, readDefinition } from './prompt-shape.ts';

/** What differs between two versions of a prompt, line by line. */
export const diffPrompt = defineVerb({
  name: 'prompts.diff',
  summary: 'Compare two versions of a prompt line by line.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}/diff' },
  input: z.object({ prompt: z.string(), from: z.coerce.number().int().min(1), to: z.coerce.number().int().min(1) }),
  output: diffShape,
  async run({ tx, input, tenantId }) {
    const { prompt, from, to } = input;
    const before = readDefinition((await findPromptVersion(tx, tenantId, prompt, from)).definition);
    const after = readDefinition((await findPromptVersion(tx, tenantId, prompt, to)).definition);
    return { from, to, sections: diffSections(sectionsOf(before), sectionsOf(after)) };
  },
});

function sectionsOf(definition: PromptDefinition): Section[] {
  return [
    {
      title: 'Messages',
      lines: definition.messages.flatMap(({ role, text }) => [`[${role}]`, ...text.split('\n'), '']),
    },
    {
      title: 'Examples',
      lines: (definition.examples ?? []).flatMap(({ input, output }) => [
        '[user]',
        ...input.split('\n'),
        '[assistant]',
        ...output.split('\n'),
        '',
      ]),
    },
    {
      title: 'Shared texts',
      lines: (definition.partials ?? []).flatMap(({ name, version, text }) => [
        `[${name}, version ${version}]`,
        ...text.split('\n'),
        '',
      ]),
    },
    { title: 'Variables', lines: definition.variables.flatMap((variable) => jsonLines(variable)) },
    { title: 'Model and settings', lines: jsonLines({ model: definition.model, ...definition.settings }) },
    { title: 'Output', lines: jsonLines(definition.output) },
  ];
}
