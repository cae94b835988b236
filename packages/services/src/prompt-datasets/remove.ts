import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findDataset } from './dataset-shape.ts';

/** Removes a dataset; runs that used it stay readable. */
export const removePromptDataset = defineVerb({
  name: 'promptDatasets.remove',
  summary: 'Remove a dataset of a prompt.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'DELETE', path: '/prompts/{prompt}/datasets/{dataset}' },
  input: z.object({ prompt: z.string(), dataset: z.string() }),
  output: z.object({ dataset: z.string() }),
  async run({ tx, input, tenantId, audit }) {
    const { prompt, dataset } = input;
    const { row, promptId, promptName } = await findDataset(tx, tenantId, prompt, dataset);
    await tx.promptDataset.delete({ where: { tenantId_id: { tenantId, id: row.id } } });
    await audit({
      subject: { kind: 'prompt', id: promptId, label: `${promptName} · ${dataset}` },
      detail: { prompt, dataset },
    });
    return { dataset };
  },
});
