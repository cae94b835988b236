import { newId } from '@parley/kernel/id';
import { ensureAccount } from '@parley/services/billing/ensure-account';
import { grantCredit } from '@parley/services/billing/grant-credit';
import { testContext } from '@parley/testkit/context';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { expireCredit } from './credit.ts';

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
