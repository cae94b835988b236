import { type BenchRow, benchRowsSchema, CELL_STATES, checkResultSchema } from '@parley/contracts/bench';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { diffSections } from '../text/line-diff.ts';
import { defineVerb } from '../verb.ts';
import { cellShape, findRun, runShape, runsOut } from './run-shape.ts';

/** Outputs are shown this far, in characters; `row` shows one row's whole. */
const SHOWN = 1500;

/** One run: what each version and model made of each row. */
export const getPromptRun = defineVerb({
  name: 'promptRuns.get',
  summary: 'Read a run of the test bench with all its answers, cut to 1,500 characters; whole for one row.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompt-runs/{run}' },
  input: z.object({
    run: z.uuid(),
    /** Only this row, counted from 0, with whole outputs. */
    row: z.coerce.number().int().min(0).optional(),
  }),
  output: z.object({ run: runShape, rows: benchRowsSchema, cells: z.array(cellShape) }),
  async run({ tx, input, tenantId }) {
    const row = await findRun(tx, tenantId, input.run);
    const [run] = await runsOut(tx, tenantId, [row]);
    const rowAt = input.row;
    const found = await tx.promptRunCell.findMany({
      where: { tenantId, runId: row.id, ...(rowAt === undefined ? {} : { rowAt }) },
      orderBy: [{ rowAt: 'asc' }, { promptVersion: 'asc' }, { model: 'asc' }],
    });
    const shown = rowAt === undefined ? SHOWN : Number.POSITIVE_INFINITY;
    const rows: BenchRow[] = benchRowsSchema.parse(row.rows);
    return {
      run: run as NonNullable<typeof run>,
      rows,
      cells: found.map((cell) => ({
        ...cell,
        state: z.enum(CELL_STATES).parse(cell.state),
        output: cell.output.slice(0, shown),
        cut: cell.output.length > shown,
        checks: z.array(checkResultSchema).parse(cell.checks),
        cost: formatAmount(cell.costNano),
        diff: rowAt === undefined ? null : diffFrom(rows[rowAt]?.expected, cell.output),
      })),
    };
  },
});

/** What differs from the expected answer; `null` where none is. */
function diffFrom(expected: string | undefined, output: string) {
  if (!expected) return null;
  const section = (text: string) => [{ title: 'From the expected answer', lines: text.split('\n') }];
  return diffSections(section(expected), section(output));
}
