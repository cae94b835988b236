import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, test } from 'vitest';
import { callStore } from '../requests/calls.suite.ts';
import { systemHealth } from './health.ts';

const t = testContext();
const calls = callStore();
afterAll(() => Promise.all([t.close(), calls.close()]));

test('says which workers live, how far behind queues are, and what of this tenant waits', async () => {
  const { tenantId, owner } = await t.tenant();
  const other = await t.tenant();
  const [alive, dead] = [`test-${newId()}`, `test-${newId()}`];
  const queues = {
    snapshot: { waiting: 0, oldestSeconds: 0 },
    usage: { waiting: 9, oldestSeconds: 2 },
    mail: { waiting: 1, oldestSeconds: 90 },
  };
  // Ahead of any worker that runs on this database, so that its beat is the newest.
  const at = new Date(Date.now() + 5_000);
  await calls.db.within({}, async (tx) => {
    await tx.workerBeat.create({ data: { node: alive, startedAt: at, at, queues } });
    await tx.workerBeat.create({ data: { node: dead, startedAt: at, at: new Date(Date.now() - 60_000), queues: {} } });
    await tx.rollupDirtyHour.create({ data: { tenantId, hour: new Date(0) } });
  });
  const [stored] = await calls.store({ tenantId });
  expect(stored).toBeDefined();
  const health = await systemHealth(owner, {});
  expect(health.workers.alive).toBeGreaterThanOrEqual(1);
  expect(health.queues).toEqual([
    { name: 'snapshot', state: 'idle', oldestSeconds: 0 },
    { name: 'usage', state: 'working', oldestSeconds: 2 },
    { name: 'mail', state: 'behind', oldestSeconds: 90 },
  ]);
  expect(health.usage).toMatchObject({ hoursWaiting: 1, lastRollupAt: null, lastCallStoredAt: expect.any(String) });
  expect(health.changes).toMatchObject({ waiting: expect.any(Number) });
  const theirs = await systemHealth(other.owner, {});
  expect(theirs.usage).toMatchObject({ hoursWaiting: 0, lastCallStoredAt: null });
  await calls.db.within({}, (tx) => tx.workerBeat.deleteMany({ where: { node: { in: [alive, dead] } } }));
});
