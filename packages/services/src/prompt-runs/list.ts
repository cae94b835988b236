import { z } from 'zod';
import { findPrompt } from '../prompts/prompt-shape.ts';
import { defineVerb } from '../verb.ts';
import { runShape, runsOut } from './run-shape.ts';

/** The newest runs of a prompt on the test bench. */
export const listPromptRuns = defineVerb({
  name: 'promptRuns.list',
  summary: 'List the newest fifty runs of a prompt on the test bench.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}/runs' },
  input: z.object({ prompt: z.string() }),
  output: z.object({ items: z.array(runShape) }),
  async run({ tx, input, tenantId }) {
    const { id: promptId } = await findPrompt(tx, tenantId, input.prompt);
    const rows = await tx.promptRun.findMany({ where: { tenantId, promptId }, orderBy: { id: 'desc' }, take: 50 });
    return { items: await runsOut(tx, tenantId, rows) };
  },
});
