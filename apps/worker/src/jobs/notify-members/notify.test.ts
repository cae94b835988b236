import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { notifyMembers } from './handle.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

const notice = (tenantId: string, given: object = {}) => ({
  tenantId,
  permission: 'approvals.decide',
  userId: null,
  kind: 'subscription.requested',
  title: 'Bento asks for <Orders>',
  body: 'Reason: lunch\nPlan: Free',
  href: '/t/acme/approvals',
  mail: true,
  ...given,
});

const noticesOf = (tenantId: string) =>
  worker.rows<{ user_id: string }>('SELECT * FROM notifications WHERE tenant_id = $1 ORDER BY user_id', tenantId);
const mailsOf = async (tenantId: string) =>
  (
    await worker.rows<{ payload: Record<string, string> }>(
      `SELECT payload FROM outbox_entries WHERE tenant_id = $1 AND topic = 'mail.send' ORDER BY id`,
      tenantId,
    )
  ).map((row) => row.payload);

it('reaches the members whose role holds the permission, custom roles included, and nobody else', async () => {
  const [tenant, other] = [await t.tenant(), await t.tenant()];
  const [publisher, decider] = [await tenant.as('publisher'), await tenant.as(['approvals.decide'])];
  await tenant.as('developer');
  await tenant.as(['approvals.read']);
  await worker.run(notifyMembers, notice(tenant.tenantId));
  const reached = (await noticesOf(tenant.tenantId)).map((row) => row.user_id);
  expect(new Set(reached)).toEqual(new Set([tenant.owner.userId, publisher.userId, decider.userId]));
  expect(reached).toHaveLength(3);
  expect(await noticesOf(other.tenantId)).toEqual([]);
  expect(await mailsOf(tenant.tenantId)).toHaveLength(3);
});

it('writes each notice and each mail once, however often and however parallel the job runs', async () => {
  const tenant = await t.tenant();
  await tenant.as('admin');
  const run = () => worker.run(notifyMembers, notice(tenant.tenantId), { jobId: 'outbox-1', sinceMs: 7 });
  await Promise.all([run(), run(), run()]);
  await run();
  expect(await noticesOf(tenant.tenantId)).toHaveLength(2);
  expect(await mailsOf(tenant.tenantId)).toHaveLength(2);
  await worker.run(notifyMembers, notice(tenant.tenantId), { jobId: 'outbox-2', sinceMs: 7 });
  expect(await noticesOf(tenant.tenantId)).toHaveLength(4);
});

it('reaches one named member, and no longer once they have left', async () => {
  const tenant = await t.tenant();
  const developer = await tenant.as('developer');
  const mine = notice(tenant.tenantId, { permission: null, userId: developer.userId, mail: false });
  await worker.run(notifyMembers, mine);
  expect((await noticesOf(tenant.tenantId)).map((row) => row.user_id)).toEqual([developer.userId]);
  expect(await mailsOf(tenant.tenantId)).toEqual([]);
  await worker.rows('DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2', tenant.tenantId, developer.userId);
  await worker.run(notifyMembers, mine);
  expect(await noticesOf(tenant.tenantId)).toHaveLength(1);
});

it('mails text and HTML with a link into the portal and nowhere else, words escaped', async () => {
  const { tenantId } = await t.tenant();
  await worker.run(notifyMembers, notice(tenantId));
  await worker.run(notifyMembers, notice(tenantId, { href: '//evil.example/x' }));
  const [first, second] = await mailsOf(tenantId);
  expect(first?.subject).toBe('Bento asks for <Orders>');
  expect(first?.text).toContain('http://portal.test/t/acme/approvals');
  expect(first?.text).toContain('Plan: Free');
  expect(first?.html).toContain('Bento asks for &lt;Orders&gt;');
  expect(`${second?.text}${second?.html}`).not.toContain('evil');
});

it('of a permission or tenant that is not reaches nobody and does not fail', async () => {
  const { tenantId } = await t.tenant();
  await worker.run(notifyMembers, notice(tenantId, { permission: 'no.such' }));
  await worker.run(notifyMembers, notice(newId()));
  expect(await noticesOf(tenantId)).toEqual([]);
});
