import { newId } from '@parley/kernel/id';
import { createApplication } from '@parley/services/applications/create';
import { ensureAccount } from '@parley/services/billing/ensure-account';
import { grantCredit } from '@parley/services/billing/grant-credit';
import { requestSubscription } from '@parley/services/subscriptions/request';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { expireCredit, tellOfEndedCredit } from './credit.ts';

const t = testContext();
const worker = testWorker();
afterAll(() => Promise.all([t.close(), worker.close()]));

it('books credit whose time is over once, a while after, and leaves the rest', async () => {
  const { tenantId } = await t.tenant();
  const end = new Date(Date.now() + 60_000);
  const give = (kind: 'promotional' | 'purchased', expiresAt: Date | null) =>
    worker.db.within({}, async (tx) => {
      const { id: accountId } = await ensureAccount(tx, { tenantId, consumerTenantId: newId() });
      return grantCredit(tx, { tenantId, accountId, key: newId(), kind, amountNano: 7n, expiresAt });
    });
  const [given, bought] = [await give('promotional', end), await give('purchased', end)];
  await give('purchased', null);
  const ended = () =>
    worker.rows<{ id: string }>(
      'SELECT id FROM credit_grants WHERE tenant_id = $1 AND ended_at IS NOT NULL ORDER BY id',
      tenantId,
    );
  await expireCredit(worker.db, end);
  expect(await ended()).toEqual([]);
  const settled = new Date(end.getTime() + 15 * 60_000);
  await Promise.all([expireCredit(worker.db, settled), expireCredit(worker.db, settled)]);
  expect((await ended()).map(({ id }) => id)).toEqual([given.grantId, bought.grantId].sort());
  const sums = await worker.rows(
    `SELECT account, sum(amount_nano)::int AS sum FROM ledger_entries WHERE tenant_id = $1
     GROUP BY account HAVING sum(amount_nano) <> 0 ORDER BY account`,
    tenantId,
  );
  expect(sums).toEqual([
    { account: 'breakage', sum: -7 },
    { account: 'cash', sum: 14 },
    { account: 'credit_purchased', sum: -7 },
  ]);
});

it('tells gateways once, as soon as a grant’s time is over', async () => {
  const publisher = await t.tenant();
  const consumer = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId);
  await createApplication(consumer.owner, { slug: 'app', name: 'App' });
  const wanted = { application: 'app', publisher: publisher.slug, api: api.slug, plan: 'free' };
  await requestSubscription(consumer.owner, wanted);
  const end = new Date(Date.now() + 60_000);
  await worker.db.within({}, async (tx) => {
    const of = { tenantId: publisher.tenantId, consumerTenantId: consumer.tenantId };
    const { id: accountId } = await ensureAccount(tx, of);
    const grant = { accountId, key: newId(), kind: 'promotional', amountNano: 7n, expiresAt: end } as const;
    await grantCredit(tx, { tenantId: publisher.tenantId, ...grant });
  });
  const told = async () =>
    (
      await worker.rows(
        "SELECT 1 FROM outbox_entries WHERE tenant_id = $1 AND topic = 'snapshot.application'",
        publisher.tenantId,
      )
    ).length;
  const before = await told();
  await tellOfEndedCredit(worker.db, new Date(end.getTime() - 1));
  expect(await told()).toBe(before);
  await Promise.all([tellOfEndedCredit(worker.db, end), tellOfEndedCredit(worker.db, end)]);
  await tellOfEndedCredit(worker.db, end);
  expect(await told()).toBe(before + 1);
});
