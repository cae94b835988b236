import { canaryPlan } from '@parley/contracts/policies/split';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { noopLogger } from '@parley/telemetry/logger';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, expect, it } from 'vitest';
import { MemoryCanaryStore } from '../../ports/canary-state/memory-store.ts';
import { memoryJobQueue } from '../../ports/job-queue.ts';
import { Canaries } from './canaries.ts';

const shared = new MemoryCanaryStore();
let away = false;
const jobs = memoryJobQueue();
const canaries = new Canaries({
  store: {
    sync: (...args) => (away ? Promise.reject(new Error('the store is away')) : shared.sync(...args)),
  },
  jobs,
  clock: systemClock,
  log: noopLogger,
});
afterAll(() => canaries.close());

it('ends a failing canary here while the store is away, and tells the others when it is back', async () => {
  const plan = canaryPlan.parse({ variant: 'next', steps: [5000], rollback: { minCalls: 5 } });
  const id = newId();
  const canary = canaries.of({ id, tenantId: newId(), apiVersionId: newId(), routeId: null, plan });
  const share = (): number => canary.share(Date.now());
  expect(share()).toBe(0);
  await waitFor('its start', () => share() === 5000);
  away = true;
  for (let i = 0; i < 5; i++) canary.note('next', { failed: true, latencyUs: 1000, nowMs: Date.now() });
  await waitFor('its end here', () => share() === 0);
  expect(jobs.jobs).toEqual([]);
  expect((await shared.sync(id, Date.now(), false)).rolledBack).toBe(false);
  away = false;
  await waitFor('its note', () => jobs.jobs.length > 0);
  expect((await shared.sync(id, Date.now(), false)).rolledBack).toBe(true);
  expect(jobs.jobs).toMatchObject([{ name: 'canary.rolledBack', jobId: `canary-${id}` }]);
});
