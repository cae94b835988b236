import { benchRowsSchema } from '@parley/contracts/bench';
import type { PromptDefinition } from '@parley/contracts/snapshot';
import type { Database } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { asJson } from '../given.ts';
import { type OpenModel, type OpenModelSettings, openModel } from '../prompts/open-model.ts';
import { readDefinition } from '../prompts/prompt-shape.ts';
import { askCell, type CellOutcome } from './ask-cell.ts';

export interface BenchTools extends OpenModelSettings {
  readonly db: Database;
}

/** After this long nothing new is asked: a process that has to end waits for no run. */
const SLICE_MS = 15_000;

type Cell = { id: string; rowAt: number; promptVersion: number; model: string };

/**
 * Does what a run has not done yet, for a while: true when there is more. What was answered is kept as it comes, so that a
 * process that dies costs no more than the answers on their way.
 */
export async function executeRun(
  { db, ...settings }: BenchTools,
  { tenantId, runId }: { tenantId: string; runId: string },
  sliceMs = SLICE_MS,
): Promise<boolean> {
  const where = { tenantId_id: { tenantId, id: runId } };
  const opened = await db.within({}, async (tx) => {
    const run = await tx.promptRun.findUnique({ where });
    if (!run || run.state === 'done' || run.state === 'stopped') return null;
    if (run.state === 'waiting') await tx.promptRun.update({ where, data: { state: 'running' } });
    const cells: Cell[] = await tx.promptRunCell.findMany({
      where: { tenantId, runId, state: 'waiting' },
      orderBy: [{ rowAt: 'asc' }, { promptVersion: 'asc' }, { model: 'asc' }],
      select: { id: true, rowAt: true, promptVersion: true, model: true },
    });
    const spent = await tx.promptRunCell.aggregate({ where: { tenantId, runId }, _sum: { costNano: true } });
    const versions = await tx.promptVersion.findMany({
      where: { tenantId, promptId: run.promptId, number: { in: cells.map(({ promptVersion }) => promptVersion) } },
    });
    const models = new Map<string, OpenModel | string>();
    for (const slug of new Set([...cells.map(({ model }) => model), ...(run.judgeModel ? [run.judgeModel] : [])])) {
      models.set(slug, await openModel(tx, settings, tenantId, slug).catch(inWords));
    }
    const definitions = new Map(versions.map(({ number, definition }) => [number, readDefinition(definition)]));
    return { run, cells, definitions, models, rows: benchRowsSchema.parse(run.rows), spent: spent._sum.costNano ?? 0n };
  });
  if (opened === null) return false;
  const { run, cells, definitions, models, rows } = opened;
  const judge = run.judgeModel === null ? null : (models.get(run.judgeModel) ?? null);
  let { spent } = opened;
  let ended: 'stopped' | 'cost' | 'slice' | null = null;
  const until = performance.now() + sliceMs;

  const next = async (): Promise<Cell | null> => {
    if (ended !== null || cells.length === 0) return null;
    const state = await db.within({}, (tx) => tx.promptRun.findUnique({ where, select: { state: true } }));
    if (state === null || state.state === 'stopped') ended = 'stopped';
    else if (spent >= run.costCapNano) ended = 'cost';
    else if (performance.now() > until) ended = 'slice';
    return ended === null ? (cells.shift() ?? null) : null;
  };
  const work = async (): Promise<void> => {
    for (let cell = await next(); cell !== null; cell = await next()) {
      const outcome = await outcomeOf(cell, definitions.get(cell.promptVersion), models.get(cell.model));
      spent += outcome.costNano;
      const { id } = cell;
      await db.within({}, (tx) =>
        tx.promptRunCell.updateMany({
          where: { tenantId, id },
          data: { ...outcome, output: clean(outcome.output), checks: asJson(outcome.checks) },
        }),
      );
    }
  };
  const outcomeOf = (
    { rowAt }: Cell,
    definition: PromptDefinition | undefined,
    model: OpenModel | string | undefined,
  ): Promise<CellOutcome> => {
    const row = rows[rowAt];
    if (!definition || !row || !model) return Promise.resolve(failed('The version or the row is gone.'));
    if (typeof model === 'string') return Promise.resolve(failed(model));
    return askCell({ definition, row, model, judge: typeof judge === 'string' ? null : judge });
  };
  await Promise.all(Array.from({ length: run.concurrency }, work));
  if (ended === 'slice') return true;
  await db.within({}, async (tx) => {
    await tx.promptRunCell.updateMany({ where: { tenantId, runId, state: 'waiting' }, data: { state: 'skipped' } });
    await tx.promptRun.updateMany({
      where: { tenantId, id: runId, state: 'running' },
      data:
        ended === 'cost'
          ? { state: 'stopped', message: 'The cost cap is reached.', finishedAt: new Date() }
          : { state: 'done', finishedAt: new Date() },
    });
  });
  return false;
}

/** PostgreSQL's text holds no NUL. */
const clean = (text: string): string => text.replaceAll('\0', '\uFFFD');

const failed = (message: string): CellOutcome => ({
  state: 'error',
  output: '',
  message,
  checks: [],
  inputTokens: 0,
  outputTokens: 0,
  costNano: 0n,
  latencyMs: null,
  firstTextMs: null,
});

function inWords(error: unknown): string {
  if (error instanceof Fault) return error.message;
  throw error;
}
