import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { usageEvent } from '../../../test/usage-events.ts';
import { insertEvents } from '../usage-ingest/insert-events.ts';
import { ensurePartitions } from '../usage-ingest/partitions.ts';
import { feedbackStore } from './handle.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const give = (payload: object, sinceMs = Date.now()) =>
  feedbackStore.run(payload, { jobId: 'x', sinceMs, attempt: 1, ports: worker, log: worker.log });

it('is stored with its call, once the call is, by the application that made it and nobody else', async () => {
  const { tenantId } = await t.tenant();
  const [consumerTenantId, applicationId, apiVersionId] = [newId(), newId(), newId()];
  const event = usageEvent({ tenantId, consumerTenantId, applicationId, apiVersionId, variant: 'next' });
  const said = { requestId: event.id, consumerTenantId, applicationId, score: 1, comment: 'Good\0.', atMs: 2000 };
  await expect(give(said)).rejects.toThrow('not stored yet');
  await ensurePartitions(worker.pool, [event]);
  await insertEvents(worker.pool, [event]);
  await expect(give({ ...said, applicationId: newId() })).rejects.toThrow('not stored yet');
  await give({ ...said, consumerTenantId: newId() }, Date.now() - 3_600_000);
  const stored = () => worker.rows('SELECT * FROM feedback WHERE tenant_id = $1', tenantId);
  expect(await stored()).toEqual([]);
  await give(said);
  await give(said);
  expect(await stored()).toMatchObject([
    { id: event.id, score: 1, comment: 'Good\uFFFD.', variant: 'next', api_version_id: apiVersionId },
  ]);
  await give({ ...said, score: 0, comment: 'No.', atMs: 3000 });
  await give({ ...said, score: 0.5, comment: 'came late', atMs: 2500 });
  expect(await stored()).toMatchObject([{ score: 0, comment: 'No.' }]);
});
