import { newId } from '@parley/kernel/id';
import { type TestTenant, testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { expirySweep } from './handle.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const MINUTE_MS = 60_000;
const sweep = (atMs = Date.now()) =>
  expirySweep.run(
    {},
    { jobId: 'x', sinceMs: 0, attempt: 1, ports: { ...worker, clock: { nowMs: () => atMs } }, log: worker.log },
  );
const auditOf = (tenantId: string, subjectId: string) =>
  worker.rows(
    'SELECT action, actor_kind FROM audit_entries WHERE tenant_id = $1 AND subject_id = $2',
    tenantId,
    subjectId,
  );
const announced = async (tenantId: string, topic: string) =>
  (
    await worker.rows<{ payload: Record<string, unknown> }>(
      'SELECT payload FROM outbox_entries WHERE tenant_id = $1 AND topic = $2',
      tenantId,
      topic,
    )
  ).map((row) => row.payload);

/** A subscription of one tenant's application to the other's API. */
async function subscription(publisher: TestTenant, consumer: TestTenant, state: string, expiresAtMs: number | null) {
  const [apiId, planId, applicationId, id] = [newId(), newId(), newId(), newId()];
  const p = publisher.tenantId;
  await worker.db.within({}, async (tx) => {
    await tx.api.create({ data: { tenantId: p, id: apiId, slug: apiId, name: 'Orders', kind: 'rest' } });
    await tx.plan.create({ data: { tenantId: p, id: planId, apiId, slug: 'free', name: 'Free', limits: [] } });
    await tx.application.create({
      data: { tenantId: consumer.tenantId, id: applicationId, slug: applicationId, name: 'Shop' },
    });
    const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs);
    const row = { tenantId: p, id, apiId, planId, consumerTenantId: consumer.tenantId, applicationId, expiresAt };
    await tx.subscription.create({ data: { ...row, state: 'requested' } });
    for (const next of { approved: ['approved'], suspended: ['approved', 'suspended'], requested: [] }[state] ?? []) {
      await tx.subscription.update({
        where: { tenantId_id: { tenantId: p, id } },
        data: { state: next as 'approved' },
      });
    }
  });
  return { id, applicationId };
}

const stateOf = async (id: string) =>
  (await worker.rows<{ state: string }>('SELECT state FROM subscriptions WHERE id = $1', id))[0]?.state;

it('ends subscriptions past their time, once, tells both sides and the gateways', async () => {
  const [publisher, consumer] = [await t.tenant(), await t.tenant()];
  const past = Date.now() - MINUTE_MS;
  const due = await subscription(publisher, consumer, 'approved', past);
  const paused = await subscription(publisher, consumer, 'suspended', past);
  const later = await subscription(publisher, consumer, 'approved', Date.now() + MINUTE_MS * 60);
  const endless = await subscription(publisher, consumer, 'approved', null);
  const asked = await subscription(publisher, consumer, 'requested', past);
  await Promise.all([sweep(), sweep(), sweep()]);
  const states = await Promise.all([due, paused, later, endless, asked].map(({ id }) => stateOf(id)));
  expect(states).toEqual(['expired', 'expired', 'approved', 'approved', 'requested']);
  for (const side of [publisher, consumer]) {
    expect(await auditOf(side.tenantId, due.id)).toEqual([{ action: 'subscriptions.expire', actor_kind: 'system' }]);
  }
  const republished = (await announced(consumer.tenantId, 'snapshot.application')).map(
    (payload) => payload.applicationId,
  );
  expect(republished).toHaveLength(2);
  expect(new Set(republished)).toEqual(new Set([due.applicationId, paused.applicationId]));
  const told = await announced(consumer.tenantId, 'notify.members');
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ tenantId: consumer.tenantId, permission: 'applications.write', mail: true });
  expect(await announced(publisher.tenantId, 'notify.members')).toHaveLength(2);
});

it('ends invitations that nobody took', async () => {
  const { tenantId, owner } = await t.tenant();
  const [due, later] = [newId(), newId()];
  await worker.db.within({}, async (tx) => {
    const role = await tx.role.findFirstOrThrow({ where: { tenantId } });
    for (const [id, offset] of [
      [due, -MINUTE_MS],
      [later, MINUTE_MS * 60],
    ] as const) {
      const expiresAt = new Date(Date.now() + offset);
      await tx.invitation.create({
        data: {
          tenantId,
          id,
          email: `${id}@example.test`,
          roleId: role.id,
          tokenHash: id,
          invitedById: owner.userId ?? '',
          expiresAt,
        },
      });
    }
  });
  await sweep();
  const rows = await worker.rows('SELECT id, state FROM invitations WHERE tenant_id = $1 ORDER BY id', tenantId);
  expect(rows).toEqual([
    { id: due, state: 'expired' },
    { id: later, state: 'pending' },
  ]);
  expect(await auditOf(tenantId, due)).toEqual([{ action: 'invitations.expire', actor_kind: 'system' }]);
});

it('tells once of a key that ran out, and again when it got a new end that passed', async () => {
  const { tenantId } = await t.tenant();
  const [applicationId, id] = [newId(), newId()];
  const until = (ms: number) => worker.rows('UPDATE api_keys SET expires_at = $2 WHERE id = $1', id, new Date(ms));
  await worker.db.within({}, async (tx) => {
    await tx.application.create({ data: { tenantId, id: applicationId, slug: 'shop', name: 'Shop' } });
    await tx.apiKey.create({
      data: { tenantId, id, applicationId, name: 'main', expiresAt: new Date(Date.now() - MINUTE_MS) },
    });
  });
  await sweep();
  await Promise.all([sweep(), sweep()]);
  expect(await announced(tenantId, 'notify.members')).toMatchObject([
    { kind: 'key.expired', permission: 'keys.write' },
  ]);
  expect(await auditOf(tenantId, id)).toHaveLength(1);
  await until(Date.now() + MINUTE_MS);
  await sweep();
  expect(await announced(tenantId, 'notify.members')).toHaveLength(1);
  await sweep(Date.now() + 2 * MINUTE_MS);
  expect(await announced(tenantId, 'notify.members')).toHaveLength(2);
});
