import { z } from 'zod';
import { findPrompt } from '../prompts/prompt-shape.ts';
import { iso, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** A prompt's datasets, by name. */
export const listPromptDatasets = defineVerb({
  name: 'promptDatasets.list',
  summary: 'List the datasets of a prompt.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}/datasets' },
  input: z.object({ prompt: z.string() }),
  output: z.object({
    items: z.array(z.object({ dataset: z.string(), rowCount: z.number().int(), updatedAt: timeShape })),
  }),
  async run({ tx, input, tenantId }) {
    const { id: promptId } = await findPrompt(tx, tenantId, input.prompt);
    const rows = await tx.$queryRaw<{ dataset: string; rowCount: number; updatedAt: Date }[]>`
      SELECT slug AS dataset, jsonb_array_length(rows) AS "rowCount", updated_at AS "updatedAt" FROM prompt_datasets
      WHERE tenant_id = ${tenantId}::uuid AND prompt_id = ${promptId}::uuid ORDER BY slug`;
    return { items: rows.map((row) => ({ ...row, updatedAt: iso(row.updatedAt) })) };
  },
});
