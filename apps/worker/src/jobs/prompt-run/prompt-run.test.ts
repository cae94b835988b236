import { newId } from '@parley/kernel/id';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { promptRun } from './handle.ts';

const worker = testWorker();
afterAll(() => worker.close());

it('does nothing for a run that was removed meanwhile, and asks for no more', async () => {
  await worker.run(promptRun, { tenantId: newId(), runId: newId() });
  expect(await worker.queue('bench').getJobCounts()).toMatchObject({ waiting: 0, delayed: 0 });
});
