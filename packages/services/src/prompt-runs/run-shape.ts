import { CELL_STATES, checkResultSchema, RUN_STATES } from '@parley/contracts/bench';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { formatAmount, parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { iso, optionalTimeShape, timeShape } from '../shapes.ts';
import { diffShape } from '../text/line-diff.ts';

/** Nano-units, from a decimal amount of whole currency units. */
export const costCapInput = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,9})?$/, 'An amount like 0.50.')
  .refine((amount) => (parseAmount(amount) ?? 0n) > 0n, 'More than nothing.')
  .transform((amount) => parseAmount(amount) ?? 0n);

const count = z.number().int();

/** What the cells of one version with one model add up to. */
const columnShape = z.object({
  promptVersion: count,
  model: z.string(),
  cells: count,
  passed: count,
  failed: count,
  errors: count,
  /** Not done yet, or left out. */
  open: count,
  /** Decimal amount of whole currency units, judging included. */
  cost: z.string(),
  latencyP50Ms: z.number().nullable(),
});

export const runShape = z.object({
  id: z.uuid(),
  dataset: z.string(),
  state: z.enum(RUN_STATES),
  /** Why it ended early; empty when it did not. */
  message: z.string(),
  rowCount: count,
  judgeModel: z.string().nullable(),
  concurrency: count,
  costCap: z.string(),
  cost: z.string(),
  currency: z.string(),
  columns: z.array(columnShape),
  createdAt: timeShape,
  finishedAt: optionalTimeShape,
});

export const cellShape = z.object({
  rowAt: count,
  promptVersion: count,
  model: z.string(),
  state: z.enum(CELL_STATES),
  output: z.string(),
  /** The output is longer than what is shown here. */
  cut: z.boolean(),
  message: z.string(),
  checks: z.array(checkResultSchema),
  inputTokens: count,
  outputTokens: count,
  cost: z.string(),
  latencyMs: count.nullable(),
  firstTextMs: count.nullable(),
  /** Of one row that has an expected answer: from that to this. */
  diff: diffShape.shape.sections.nullable(),
});

interface ColumnRow {
  readonly runId: string;
  readonly promptVersion: number;
  readonly model: string;
  readonly cells: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly open: number;
  readonly costNano: bigint;
  readonly latencyP50Ms: number | null;
}

interface RunRow {
  readonly id: string;
  readonly dataset: string;
  readonly state: string;
  readonly message: string;
  readonly rows: unknown;
  readonly judgeModel: string | null;
  readonly concurrency: number;
  readonly costCapNano: bigint;
  readonly currency: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** Runs with what their cells add up to. */
export async function runsOut(
  tx: Transaction,
  tenantId: string,
  runs: readonly RunRow[],
): Promise<z.input<typeof runShape>[]> {
  const columns = await tx.$queryRaw<ColumnRow[]>`
    SELECT run_id AS "runId", prompt_version AS "promptVersion", model, count(*)::int AS cells,
      (count(*) FILTER (WHERE state = 'passed'))::int AS passed, (count(*) FILTER (WHERE state = 'failed'))::int AS failed,
      (count(*) FILTER (WHERE state = 'error'))::int AS errors,
      (count(*) FILTER (WHERE state IN ('waiting', 'skipped')))::int AS open, sum(cost_nano)::bigint AS "costNano",
      (percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE latency_ms IS NOT NULL))::float8 AS "latencyP50Ms"
    FROM prompt_run_cells
    WHERE tenant_id = ${tenantId}::uuid AND run_id = ANY(${runs.map(({ id }) => id)}::uuid[])
    GROUP BY 1, 2, 3 ORDER BY 2, 3`;
  return runs.map(({ rows, costCapNano, createdAt, finishedAt, state, ...run }) => {
    const own = columns.filter(({ runId }) => runId === run.id);
    return {
      ...run,
      state: z.enum(RUN_STATES).parse(state),
      rowCount: Array.isArray(rows) ? rows.length : 0,
      costCap: formatAmount(costCapNano),
      cost: formatAmount(own.reduce((sum, { costNano }) => sum + costNano, 0n)),
      columns: own.map(({ runId: _, costNano, ...column }) => ({ ...column, cost: formatAmount(costNano) })),
      createdAt: iso(createdAt),
      finishedAt: iso(finishedAt),
    };
  });
}

/** A run of the open tenant. Throws `not_found`. */
export async function findRun(tx: Transaction, tenantId: string, id: string) {
  const row = await tx.promptRun.findUnique({
    where: { tenantId_id: { tenantId, id } },
    include: { prompt: { select: { slug: true, name: true } } },
  });
  if (!row) throw new Fault('not_found', 'There is no such run here.');
  return row;
}
