import { openDatabase } from '@parley/db/client';
import { parseEnv } from '@parley/env/parse';
import { workerDatabaseEnv } from '@parley/env/stores';
import { testContext } from '@parley/testkit/context';
import { startSimulator } from '@parley/testkit/simulator/start';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { createModel } from '../models/create.ts';
import { getPromptDataset } from '../prompt-datasets/get.ts';
import { listPromptDatasets } from '../prompt-datasets/list.ts';
import { removePromptDataset } from '../prompt-datasets/remove.ts';
import { savePromptDataset } from '../prompt-datasets/save.ts';
import { createPrompt } from '../prompts/create.ts';
import { savePromptVersion } from '../prompts/save-version.ts';
import { announced, faultOf, GREETING, withModels } from '../test/publisher.ts';
import { executeRun } from './execute.ts';
import { getPromptRun } from './get.ts';
import { listPromptRuns } from './list.ts';
import { resumePromptRun } from './resume.ts';
import { startPromptRun } from './start.ts';
import { stopPromptRun } from './stop.ts';

const kit = testContext();
const db = openDatabase({ url: parseEnv(workerDatabaseEnv).WORKER_DATABASE_URL, poolSize: 8 });
let simulator: Awaited<ReturnType<typeof startSimulator>>;
beforeAll(async () => {
  simulator = await startSimulator({ port: 0, msPerToken: 1 });
});
afterAll(() => Promise.all([kit.close(), db.close(), simulator.close()]));

const tools = () => ({ db, masterKey: kit.settings.masterKey, allowedPrivate: kit.settings.allowedPrivate });
const AT = { prompt: 'greeting', dataset: 'cases' };
const names = ['Ada', 'Bo', 'Cy', 'Di'];

async function bench() {
  const tenant = await kit.tenant();
  const { owner } = tenant;
  await withModels(owner, `${simulator.url}/v1`);
  await createModel(owner, {
    slug: 'broken',
    provider: 'simulator',
    providerModel: 'sim-small+500',
    price: { input: '1', output: '1' },
  });
  await createPrompt(owner, { slug: 'greeting', name: 'Greeting', definition: GREETING });
  await savePromptVersion(owner, {
    prompt: 'greeting',
    definition: { ...GREETING, messages: [{ role: 'user', text: 'Hail {{name}}.' }] },
  });
  await savePromptDataset(owner, {
    ...AT,
    rows: names.map((name) => ({
      variables: { name },
      checks: [
        { kind: 'length', min: 1 },
        { kind: 'lacks', value: name === 'Ada' ? 'e' : '\u0007' },
      ],
    })),
  });
  return tenant;
}
async function toEnd(owner: Context, run: string): Promise<void> {
  while (await executeRun(tools(), { tenantId: owner.tenantId ?? '', runId: run }));
}

describe('a run of the test bench', () => {
  it('asks every row of every version and model, judges the answers, and adds up what they took', async () => {
    const tenant = await bench();
    const { owner } = tenant;
    const { id, state } = await startPromptRun(owner, { ...AT, versions: [1, 2], models: ['swift', 'broken'] });
    expect(state).toBe('waiting');
    expect((await announced(tenant)).at(-1)).toEqual({
      topic: 'prompt.run',
      payload: { tenantId: tenant.tenantId, runId: id },
    });
    await toEnd(owner, id);
    const { run, cells, rows } = await getPromptRun(owner, { run: id });
    expect(rows).toHaveLength(4);
    expect(run).toMatchObject({ state: 'done', rowCount: 4, currency: 'USD', message: '' });
    expect(run.columns.map(({ promptVersion, model }) => `${promptVersion} ${model}`)).toEqual([
      '1 broken',
      '1 swift',
      '2 broken',
      '2 swift',
    ]);
    for (const column of run.columns) {
      expect(column).toMatchObject(
        column.model === 'broken' ? { errors: 4, cost: '0' } : { errors: 0, open: 0, cells: 4 },
      );
    }
    const good = cells.filter(({ model }) => model === 'swift');
    expect(good.map(({ state: told }) => told)).not.toContain('error');
    for (const cell of good) {
      expect(cell.outputTokens).toBeGreaterThan(0);
      expect(cell.latencyMs).toBeGreaterThanOrEqual(cell.firstTextMs ?? 0);
      expect(cell.checks.map(({ kind }) => kind)).toEqual(['length', 'lacks']);
      expect(cell.state).toBe(cell.checks.every(({ passed }) => passed) ? 'passed' : 'failed');
    }
    const sum = good.reduce((total, { cost }) => total + Number(cost), 0);
    expect(Number(run.cost)).toBeCloseTo(sum, 9);
    expect(cells.find(({ model }) => model === 'broken')?.message).toContain('500');
    expect((await listPromptRuns(owner, { prompt: 'greeting' })).items).toEqual([run]);
    expect((await getPromptRun(owner, { run: id, row: 2 })).cells).toHaveLength(4);
  });

  it('goes on where it was after its process died, and asks nothing twice', async () => {
    const { owner, tenantId } = await bench();
    const { id } = await startPromptRun(owner, { ...AT, versions: [1], concurrency: 1 });
    expect(await executeRun(tools(), { tenantId, runId: id }, -1)).toBe(true);
    expect((await getPromptRun(owner, { run: id })).run).toMatchObject({ state: 'running', columns: [{ open: 4 }] });
    await db.within({}, (tx) =>
      tx.promptRunCell.updateMany({
        where: { tenantId, runId: id, rowAt: 0 },
        data: { state: 'passed', output: 'kept' },
      }),
    );
    await toEnd(owner, id);
    const { run, cells } = await getPromptRun(owner, { run: id });
    expect(run.state).toBe('done');
    expect(cells[0]).toMatchObject({ output: 'kept', outputTokens: 0 });
    expect(cells.slice(1).every(({ outputTokens }) => outputTokens > 0)).toBe(true);
    expect(await executeRun(tools(), { tenantId, runId: id })).toBe(false);
  });

  it('ends at its cost cap, and goes on with a higher one', async () => {
    const { owner, tenantId } = await bench();
    const { id } = await startPromptRun(owner, { ...AT, versions: [1, 2], concurrency: 1, costCap: '0.000000001' });
    await toEnd(owner, id);
    const capped = (await getPromptRun(owner, { run: id })).run;
    expect(capped).toMatchObject({ state: 'stopped', message: 'The cost cap is reached.' });
    expect(capped.columns.reduce((open, column) => open + column.open, 0)).toBe(7);
    await resumePromptRun(owner, { run: id, costCap: '1' });
    await executeRun(tools(), { tenantId, runId: id });
    const { run } = await getPromptRun(owner, { run: id });
    expect(run).toMatchObject({ state: 'done', costCap: '1' });
    expect(run.columns.every(({ open }) => open === 0)).toBe(true);
    expect((await faultOf(resumePromptRun(owner, { run: id }))).code).toBe('invalid_state');
  });

  it('stops when it is told to, before and while it is at work', async () => {
    const { owner, tenantId } = await bench();
    const { id } = await startPromptRun(owner, { ...AT, versions: [1] });
    expect(await stopPromptRun(owner, { run: id })).toMatchObject({ state: 'stopped' });
    expect(await executeRun(tools(), { tenantId, runId: id })).toBe(false);
    expect((await getPromptRun(owner, { run: id })).cells.every(({ output }) => output === '')).toBe(true);
    const many = Array.from({ length: 200 }, (_, at) => ({ variables: { name: `n${at}` } }));
    await savePromptDataset(owner, { ...AT, dataset: 'many', rows: many });
    const long = await startPromptRun(owner, { ...AT, dataset: 'many', versions: [1], concurrency: 1 });
    const working = toEnd(owner, long.id);
    await waitFor('a first answer', async () => {
      const { cells } = await getPromptRun(owner, { run: long.id, row: 0 });
      return cells[0]?.state === 'waiting' ? undefined : true;
    });
    await stopPromptRun(owner, { run: long.id });
    await working;
    const { run } = await getPromptRun(owner, { run: long.id });
    expect(run.state).toBe('stopped');
    expect(run.columns[0]?.open).toBeGreaterThan(0);
  });

  it('has answers judged by a model, whose cost counts, and refuses to start without one', async () => {
    const { owner } = await bench();
    const rows = [{ variables: { name: 'Ada' }, checks: [{ kind: 'judge' as const, rubric: 'Is it kind?' }] }];
    await savePromptDataset(owner, { ...AT, dataset: 'judged', rows });
    const start = { ...AT, dataset: 'judged', versions: [1] };
    expect((await faultOf(startPromptRun(owner, start))).issues).toMatchObject([{ path: 'judgeModel' }]);
    const { id } = await startPromptRun(owner, { ...start, judgeModel: 'swift' });
    await toEnd(owner, id);
    const [cell] = (await getPromptRun(owner, { run: id })).cells;
    expect(cell?.checks).toMatchObject([{ kind: 'judge' }]);
    const alone = ((cell?.inputTokens ?? 0) * 2.5 + (cell?.outputTokens ?? 0) * 10) / 1e6;
    expect(Number(cell?.cost)).toBeGreaterThan(alone);
  });

  it('is refused for what is not there, for prices in several currencies, and for more than a run holds', async () => {
    const { owner } = await bench();
    const issueOf = async (more: object) =>
      (await faultOf(startPromptRun(owner, { ...AT, versions: [1], ...more }))).issues;
    expect(await issueOf({ versions: [9] })).toMatchObject([{ path: 'versions' }]);
    expect(await issueOf({ models: ['nope'] })).toMatchObject([{ path: 'models' }]);
    expect(await issueOf({ costCap: '0' })).toMatchObject([{ path: 'costCap' }]);
    await createModel(owner, {
      slug: 'euro',
      provider: 'simulator',
      providerModel: 'sim-small',
      price: { currency: 'EUR', input: '1', output: '1' },
    });
    expect((await issueOf({ models: ['swift', 'euro'] }))[0]?.message).toContain('run them apart');
    await savePromptDataset(owner, { ...AT, dataset: 'none', rows: [] });
    expect(await issueOf({ dataset: 'none' })).toMatchObject([{ path: 'dataset' }]);
  });
});

describe('datasets', () => {
  it('come from CSV by the prompt’s types and go out again, and say which line or check is wrong', async () => {
    const { owner } = await bench();
    const csv = 'name,expected\r\nAda,Hi Ada\r\n';
    await savePromptDataset(owner, { ...AT, dataset: 'sheet', csv });
    const got = await getPromptDataset(owner, { ...AT, dataset: 'sheet', format: 'csv' });
    expect(got.rows).toEqual([{ variables: { name: 'Ada' }, expected: 'Hi Ada', checks: [] }]);
    expect(got.csv).toBe('name,expected,checks\r\nAda,Hi Ada,\r\n');
    const wrong = await faultOf(savePromptDataset(owner, { ...AT, dataset: 'sheet', csv: 'name,checks\nAda,{' }));
    expect(wrong.issues).toMatchObject([{ path: 'csv', message: expect.stringContaining('Line 2') }]);
    const pattern = [{ variables: {}, checks: [{ kind: 'matches' as const, pattern: '(?=x)' }] }];
    expect((await faultOf(savePromptDataset(owner, { ...AT, rows: pattern }))).issues).toMatchObject([
      { path: 'rows.0.checks.0' },
    ]);
    expect((await listPromptDatasets(owner, AT)).items).toMatchObject([
      { dataset: 'cases', rowCount: 4 },
      { dataset: 'sheet', rowCount: 1 },
    ]);
    await removePromptDataset(owner, { ...AT, dataset: 'sheet' });
    expect((await faultOf(getPromptDataset(owner, { ...AT, dataset: 'sheet' }))).code).toBe('not_found');
  });
});
