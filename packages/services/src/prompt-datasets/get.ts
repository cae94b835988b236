import { csvOf } from '@parley/llm/bench/csv';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { datasetOut, datasetShape, findDataset } from './dataset-shape.ts';

/** One dataset with its rows, and the same as CSV where it is asked for. */
export const getPromptDataset = defineVerb({
  name: 'promptDatasets.get',
  summary: 'Read a dataset of a prompt, as rows or with `format=csv` as CSV as well.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}/datasets/{dataset}' },
  input: z.object({ prompt: z.string(), dataset: z.string(), format: z.enum(['json', 'csv']).default('json') }),
  output: datasetShape.extend({ csv: z.string().nullable() }),
  async run({ tx, input, tenantId }) {
    const { row, rows } = await findDataset(tx, tenantId, input.prompt, input.dataset);
    return { ...datasetOut(row), csv: input.format === 'csv' ? csvOf(rows) : null };
  },
});
