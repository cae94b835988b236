import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { canaryRolledBack } from './handle.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

it('is one audit entry and one notice, however many nodes say so', async () => {
  const { tenantId } = await t.tenant();
  const [apiId, apiVersionId] = [newId(), newId()];
  await worker.db.within({}, async (tx) => {
    await tx.api.create({ data: { tenantId, id: apiId, slug: 'orders', name: 'Orders', kind: 'rest' } });
    await tx.apiVersion.create({ data: { tenantId, id: apiVersionId, apiId, version: 'v1' } });
  });
  const reason = '100.0 % of 20 calls failed, against 0.0 % of 20 elsewhere.';
  const payload = { canaryId: 'c1', tenantId, apiVersionId, routeId: null, variant: 'next', reason, atMs: 0 };
  const run = (given: object) =>
    canaryRolledBack.run(given, { jobId: 'x', sinceMs: 0, attempt: 1, ports: worker, log: worker.log });
  await Promise.all([run(payload), run(payload)]);
  await run({ ...payload, apiVersionId: newId(), canaryId: 'of a deleted version' });
  const entries = await worker.rows(
    'SELECT action, actor_kind, subject_id, subject_label, detail FROM audit_entries WHERE tenant_id = $1 AND action = $2',
    tenantId,
    'apiVersions.rollBackCanary',
  );
  expect(entries).toEqual([
    {
      action: 'apiVersions.rollBackCanary',
      actor_kind: 'system',
      subject_id: apiVersionId,
      subject_label: 'orders/v1',
      detail: { variant: 'next', reason, at: '1970-01-01T00:00:00.000Z' },
    },
  ]);
  const notices = await worker.rows(
    "SELECT payload FROM outbox_entries WHERE tenant_id = $1 AND topic = 'notify.members'",
    tenantId,
  );
  expect(notices).toMatchObject([{ payload: { kind: 'canary.rolled_back', permission: 'apis.publish' } }]);
});
