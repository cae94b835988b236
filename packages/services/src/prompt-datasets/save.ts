import { type BenchRow, benchRowsSchema } from '@parley/contracts/bench';
import type { PromptVariable } from '@parley/contracts/snapshot';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { checkProblem } from '@parley/llm/bench/checks';
import { rowsFromCsv } from '@parley/llm/bench/csv';
import { z } from 'zod';
import { orConflict, wrongField } from '../conflict.ts';
import { asJson } from '../given.ts';
import { findPrompt, readDefinition } from '../prompts/prompt-shape.ts';
import { defineVerb } from '../verb.ts';
import { datasetInput, datasetOut, datasetShape } from './dataset-shape.ts';

const MAX_DATASETS = 50;
const MAX_TEXT = 2_000_000;

/** Makes a dataset of a prompt, or replaces its rows. Runs that were started keep the rows they were started with. */
export const savePromptDataset = defineVerb({
  name: 'promptDatasets.save',
  summary: 'Save a dataset of a prompt: rows, or CSV with a column for each variable.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'PUT', path: '/prompts/{prompt}/datasets/{dataset}' },
  input: z.object({
    prompt: z.string(),
    dataset: datasetInput,
    rows: benchRowsSchema.optional(),
    /** In place of rows: a column for each variable, `expected`, and `checks` as JSON. */
    csv: z.string().max(MAX_TEXT, 'At most 2,000,000 characters.').optional(),
  }),
  output: datasetShape,
  async run({ tx, input, tenantId, audit }) {
    const { prompt, dataset: slug, csv } = input;
    const { id: promptId, name, versions } = await findPrompt(tx, tenantId, prompt);
    const variables = versions[0] ? readDefinition(versions[0].definition).variables : [];
    const rows = input.rows ?? rowsIn(csv ?? '', variables);
    refuseWrongChecks(rows);
    if (JSON.stringify(rows).length > MAX_TEXT) throw wrongField('rows', 'All rows together hold more than 2 MB.');
    const held = await tx.promptDataset.findFirst({ where: { tenantId, promptId, slug } });
    if (!held && (await tx.promptDataset.count({ where: { tenantId, promptId } })) >= MAX_DATASETS) {
      throw new Fault('invalid_state', `A prompt has at most ${MAX_DATASETS} datasets.`);
    }
    const saved = held
      ? await tx.promptDataset.update({
          where: { tenantId_id: { tenantId, id: held.id } },
          data: { rows: asJson(rows), updatedAt: new Date() },
        })
      : await orConflict(
          tx.promptDataset.create({ data: { tenantId, id: newId(), promptId, slug, rows: asJson(rows) } }),
          'dataset',
          'A dataset of this name was made at the same moment.',
        );
    await audit({
      subject: { kind: 'prompt', id: promptId, label: `${name} · ${slug}` },
      detail: { prompt, dataset: slug, rows: rows.length },
    });
    return datasetOut(saved);
  },
});

function rowsIn(csv: string, variables: readonly PromptVariable[]): BenchRow[] {
  let rows: BenchRow[];
  try {
    rows = rowsFromCsv(csv, variables);
  } catch (error) {
    throw wrongField('csv', error instanceof Error ? error.message : String(error));
  }
  const checked = benchRowsSchema.safeParse(rows);
  if (!checked.success) throw wrongField('csv', checked.error.issues[0]?.message ?? 'These are no rows.');
  return checked.data;
}

function refuseWrongChecks(rows: readonly BenchRow[]): void {
  const issues = rows.flatMap(({ checks }, at) =>
    checks.flatMap((check, number) => {
      const message = checkProblem(check);
      return message === null ? [] : [{ path: `rows.${at}.checks.${number}`, message }];
    }),
  );
  if (issues.length > 0) throw new Fault('invalid_input', 'Some fields are not right.', issues.slice(0, 20));
}
