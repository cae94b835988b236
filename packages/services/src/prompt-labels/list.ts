import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { labelsOut, labelsShape } from './label-shape.ts';

/** A prompt's labels: where each leads, where it led before, and who names it. */
export const listPromptLabels = defineVerb({
  name: 'promptLabels.list',
  summary: 'List the labels of a prompt.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}/labels' },
  input: z.object({ prompt: z.string() }),
  output: labelsShape,
  run: ({ tx, input, tenantId }) => labelsOut(tx, tenantId, input.prompt),
});
