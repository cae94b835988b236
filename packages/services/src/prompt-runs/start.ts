import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { asJson } from '../given.ts';
import { currentPrice } from '../models/model-shape.ts';
import { findDataset } from '../prompt-datasets/dataset-shape.ts';
import { readDefinition } from '../prompts/prompt-shape.ts';
import { defineVerb } from '../verb.ts';
import { costCapInput, findRun, runShape, runsOut } from './run-shape.ts';

const MAX_CELLS = 2000;

/** Starts a run: every row with every version and every model. The worker asks; answers appear as they come. */
export const startPromptRun = defineVerb({
  name: 'promptRuns.start',
  summary: 'Run a dataset against versions of a prompt and models on the test bench.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'POST', path: '/prompts/{prompt}/runs' },
  input: z.object({
    prompt: z.string(),
    dataset: z.string(),
    /** Numbers of versions. */
    versions: z.array(z.number().int().min(1)).min(1, 'Choose a version.').max(10, 'At most 10 versions.'),
    /** Short names of models; each version’s own without any. */
    models: z.array(z.string().min(1)).max(10, 'At most 10 models.').default([]),
    /** Judges the rows that ask for it. */
    judgeModel: z.string().min(1).nullable().default(null),
    /** Answers on their way at once. */
    concurrency: z.number().int().min(1).max(10).default(4),
    /** Nothing more is asked once this much was spent; what is on its way still counts. */
    costCap: costCapInput.prefault('1'),
  }),
  output: runShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { prompt, dataset, judgeModel, concurrency, costCap } = input;
    const { promptId, promptName, rows } = await findDataset(tx, tenantId, prompt, dataset);
    if (rows.length === 0) throw wrongField('dataset', 'This dataset has no rows yet.');
    const judged = rows.some(({ checks }) => checks.some(({ kind }) => kind === 'judge'));
    if (judged && !judgeModel) throw wrongField('judgeModel', 'Some rows are judged by a model: choose one.');
    const columns = await columnsOf(tx, tenantId, promptId, input);
    if (columns.length * rows.length > MAX_CELLS) {
      throw wrongField(
        'versions',
        `These are ${columns.length * rows.length} answers; at most ${MAX_CELLS} in one run.`,
      );
    }
    const asked = [...new Set([...columns.map(({ model }) => model), ...(judged && judgeModel ? [judgeModel] : [])])];
    const currency = await currencyOf(tx, tenantId, asked);
    const id = newId();
    const run = { dataset, rows: asJson(rows), judgeModel, concurrency, costCapNano: costCap, currency };
    await tx.promptRun.create({ data: { tenantId, id, promptId, createdById: context.userId, ...run } });
    await tx.promptRunCell.createMany({
      data: rows.flatMap((_, rowAt) =>
        columns.map((column) => ({ tenantId, id: newId(), runId: id, rowAt, ...column })),
      ),
    });
    await audit({
      subject: { kind: 'prompt run', id, label: promptName },
      detail: { prompt, dataset, columns, judgeModel, concurrency, costCap: formatAmount(costCap) },
    });
    await announce('prompt.run', { tenantId, runId: id });
    const [made] = await runsOut(tx, tenantId, [await findRun(tx, tenantId, id)]);
    return made as NonNullable<typeof made>;
  },
});

interface Columns {
  readonly versions: readonly number[];
  readonly models: readonly string[];
}

async function columnsOf(tx: Transaction, tenantId: string, promptId: string, { versions, models }: Columns) {
  const found = await tx.promptVersion.findMany({ where: { tenantId, promptId, number: { in: [...versions] } } });
  const definitions = new Map(found.map(({ number, definition }) => [number, readDefinition(definition)]));
  return [...new Set(versions)].flatMap((promptVersion) => {
    const definition = definitions.get(promptVersion);
    if (!definition) throw wrongField('versions', `There is no version ${promptVersion}.`);
    const named = models.length > 0 ? [...new Set(models)] : [definition.model];
    return named.map((model) => ({ promptVersion, model }));
  });
}

/** The one currency of these models' prices: a cap in several would mean nothing. */
async function currencyOf(tx: Transaction, tenantId: string, slugs: readonly string[]): Promise<string> {
  const rows = await tx.model.findMany({ where: { tenantId, slug: { in: [...slugs] } }, include: { prices: true } });
  const currencies = slugs.map((slug) => {
    const model = rows.find((row) => row.slug === slug);
    if (!model) throw wrongField('models', `There is no model “${slug}” here.`);
    if (model.disabledAt) throw wrongField('models', `The model “${slug}” is out of service.`);
    const price = currentPrice(model.prices, Date.now());
    if (!price) throw wrongField('models', `The model “${slug}” has no price in force (0 is a price).`);
    return price.currency;
  });
  const [currency, ...others] = [...new Set(currencies)];
  if (currency === undefined || others.length > 0) {
    throw new Fault('invalid_input', 'Some fields are not right.', [
      { path: 'models', message: `Their prices are in ${[...new Set(currencies)].join(' and ')}: run them apart.` },
    ]);
  }
  return currency;
}
