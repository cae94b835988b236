import { benchRowsSchema } from '@parley/contracts/bench';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findPrompt } from '../prompts/prompt-shape.ts';
import { iso, slugShape, timeShape } from '../shapes.ts';

export const datasetInput = slugShape;

export const datasetShape = z.object({
  dataset: z.string(),
  rows: benchRowsSchema,
  createdAt: timeShape,
  updatedAt: timeShape,
});

/** A dataset of a prompt by its short name. Throws `not_found`. */
export async function findDataset(tx: Transaction, tenantId: string, prompt: string, slug: string) {
  const { id: promptId, name } = await findPrompt(tx, tenantId, prompt);
  const row = await tx.promptDataset.findFirst({ where: { tenantId, promptId, slug } });
  if (!row) throw new Fault('not_found', `There is no dataset “${slug}” at the prompt “${prompt}”.`);
  return { row, promptId, promptName: name, rows: benchRowsSchema.parse(row.rows) };
}

interface DatasetRow {
  readonly slug: string;
  readonly rows: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function datasetOut({ slug, rows, createdAt, updatedAt }: DatasetRow): z.input<typeof datasetShape> {
  return { dataset: slug, rows: benchRowsSchema.parse(rows), createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}
