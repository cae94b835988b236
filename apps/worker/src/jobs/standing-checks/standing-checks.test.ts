import { newId } from '@parley/kernel/id';
import { STANDING_CHECKS } from '@parley/services/standing-checks/checks';
import { afterAll, describe, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { idAt, usageEvent } from '../../../test/usage-events.ts';
import { usageIngest } from '../usage-ingest/handle.ts';
import { noteSegment } from '../usage-ingest/note-segment.ts';
import { usageRollup } from '../usage-rollup/handle.ts';
import { recomputeHour } from '../usage-rollup/recompute.ts';
import { runStandingChecks } from './run-checks.ts';

const worker = testWorker();
afterAll(() => worker.close());

const HOUR_MS = 3_600_000;
const from = new Date(Date.now() - 3 * HOUR_MS);
const check = (name: string) => STANDING_CHECKS.filter((one) => one.name === name);

interface Finding extends Record<string, unknown> {
  check_name: string;
  subject: string;
  detail: string;
  resolved: boolean;
}
const findings = (tenantId: string) =>
  worker.rows<Finding>(
    `SELECT check_name, subject, detail, resolved_at IS NOT NULL AS resolved FROM standing_check_findings WHERE tenant_id = $1 ORDER BY found_at`,
    tenantId,
  );

async function tenantWithCalls(calls: number) {
  const tenantId = newId();
  const nowMs = Date.now();
  await worker.run(usageIngest, {
    segmentId: newId(),
    events: Array.from({ length: calls }, () => usageEvent({ tenantId, id: idAt(nowMs) })),
  });
  await recomputeHour(worker.pool, { tenantId, hour: new Date(nowMs - (nowMs % HOUR_MS)) });
  return tenantId;
}

it('every check is a statement the database takes, over a short time and a long one', async () => {
  for (const since of [from, new Date(0)]) {
    for (const { name, failure } of await runStandingChecks(worker.pool, since))
      expect([name, failure]).toEqual([name, null]);
  }
  const rows = await worker.rows<{ name: string }>('SELECT name FROM standing_checks');
  expect(new Set(rows.map((row) => row.name))).toEqual(new Set(STANDING_CHECKS.map((one) => one.name)));
});

describe('hourly sums against their calls', () => {
  it('are reported once where they differ, told to the tenant, mended, and resolved when they agree again', async () => {
    const tenantId = await tenantWithCalls(4);
    await worker.rows(
      `INSERT INTO tenants (id, slug, name) VALUES ($1, $2, 'Books')`,
      tenantId,
      `books-${tenantId.slice(-12)}`,
    );
    const run = () => runStandingChecks(worker.pool, from, check('events-rollups'));
    await run();
    expect(await findings(tenantId)).toEqual([]);
    await worker.rows('UPDATE usage_rollups SET requests = requests + 1 WHERE tenant_id = $1', tenantId);
    await run();
    expect(await findings(tenantId)).toMatchObject([
      {
        check_name: 'events-rollups',
        detail: expect.stringMatching(/^4 calls and a cost of .* 8 and /),
        resolved: false,
      },
    ]);
    const told = await worker.rows<{ payload: { title: string; href: string } }>(
      `SELECT payload FROM outbox_entries WHERE tenant_id = $1 AND topic = 'notify.members'`,
      tenantId,
    );
    expect(told.map(({ payload }) => payload)).toMatchObject([
      { tenantId, href: `/t/books-${tenantId.slice(-12)}/system`, title: expect.stringContaining('hourly sums') },
    ]);
    await worker.run(usageRollup, {});
    await run();
    expect(await findings(tenantId)).toMatchObject([{ resolved: true }]);
  });

  it('stay open while only later times are looked at', async () => {
    const tenantId = await tenantWithCalls(2);
    await worker.rows('UPDATE usage_rollups SET cost_nano = cost_nano + 1 WHERE tenant_id = $1', tenantId);
    await runStandingChecks(worker.pool, from, check('events-rollups'));
    await worker.run(usageRollup, {});
    await runStandingChecks(worker.pool, new Date(Date.now() + HOUR_MS), check('events-rollups'));
    expect(await findings(tenantId)).toMatchObject([{ resolved: false }]);
    await runStandingChecks(worker.pool, from, check('events-rollups'));
    expect(await findings(tenantId)).toMatchObject([{ resolved: true }]);
  });
});

describe('segments of a run', () => {
  const segment = (run: string, number: number) => `${run}-${String(number).padStart(8, '0')}`;
  const note = (run: string, number: number) => noteSegment(worker.pool, segment(run, number), 'n1', 10);
  const state = async (run: string) =>
    (
      await worker.rows<{ stored: string; awaited: number; events: number }>(
        'SELECT stored::text, awaited, events::int FROM usage_runs WHERE run = $1',
        run,
      )
    )[0];
  const late = (run: string) =>
    worker.rows(`UPDATE usage_runs SET awaited_at = awaited_at - interval '11 minutes' WHERE run = $1`, run);
  const lost = async (run: string) => {
    await runStandingChecks(worker.pool, from, check('decisions-events'));
    const all = await findings('00000000-0000-0000-0000-000000000000');
    return all.filter(({ subject, resolved }) => subject === run && !resolved).map(({ detail }) => detail);
  };

  it('are counted once each, in whatever order and however often they come', async () => {
    const run = newId();
    await Promise.all([3, 0, 1, 1, 4, 0].map((number) => note(run, number)));
    expect(await state(run)).toEqual({ stored: '{[0,2),[3,5)}', awaited: 2, events: 40 });
    await note(run, 2);
    expect(await state(run)).toEqual({ stored: '{[0,5)}', awaited: 5, events: 50 });
  });

  it('are missed when they have not come ten minutes after later ones, until they do', async () => {
    const run = newId();
    await note(run, 0);
    // A quiet time before does not count.
    await late(run);
    await note(run, 2);
    expect(await lost(run)).toEqual([]);
    await late(run);
    await note(run, 3);
    expect(await lost(run)).toEqual(['Segment 1 of node n1 has not come; later ones have, up to 3.']);
    await note(run, 1);
    expect(await lost(run)).toEqual([]);
  });
});

it('a check that fails is told as such, and others are made', async () => {
  const broken = { name: `broken-${newId()}`, title: '', meaning: '', sql: 'SELECT $1::timestamptz, 1 / 0' };
  const outcomes = await runStandingChecks(worker.pool, from, [broken, ...check('events-refused')]);
  expect(outcomes).toMatchObject([{ failure: 'division by zero' }, { failure: null }]);
  await worker.rows('DELETE FROM standing_checks WHERE name = $1', broken.name);
});
