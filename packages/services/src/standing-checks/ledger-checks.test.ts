import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { ensureAccount } from '../billing/ensure-account.ts';
import { grantCredit } from '../billing/grant-credit.ts';
import { postAccrual } from '../billing/post-accrual.ts';
import { LEDGER_CHECKS } from './ledger-checks.ts';

/** What only the owner of the tables can do, since the database refuses it to everybody else: falsify. */
const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
const kit = testContext();
const opened = owner.connect();
afterAll(() => Promise.all([kit.close(), owner.end()]));

async function books() {
  await opened;
  const { tenantId } = await kit.tenant();
  const made = await kit.db.within({ tenantId }, async (tx) => {
    const account = await ensureAccount(tx, { tenantId, consumerTenantId: newId() });
    const grant = await grantCredit(tx, {
      tenantId,
      accountId: account.id,
      key: 'first',
      kind: 'promotional',
      amountNano: 500n,
      occurredAt: new Date(),
    });
    const { transactionId } = await postAccrual(tx, {
      tenantId,
      accountId: account.id,
      subscriptionId: newId(),
      period: '2026-11',
      lines: [{ line: 'requests', quantity: 3n, amountNano: 700n, rated: {} }],
      occurredAt: new Date(),
    });
    return { accountId: account.id, grantId: grant.grantId, transactionId };
  });
  /** Findings of this tenant by check. */
  const found = async (from = new Date(0)) => {
    const all: Record<string, string[]> = {};
    for (const { name, sql } of LEDGER_CHECKS) {
      const { rows } = await owner.query<{ tenant_id: string; detail: string }>(sql, [from]);
      const mine = rows.filter((row) => row.tenant_id === tenantId).map(({ detail }) => detail);
      if (mine.length > 0) all[name] = mine;
    }
    return all;
  };
  /** Changes what no role may, past all triggers. */
  const falsify = async (sql: string) => {
    await owner.query('BEGIN; SET LOCAL session_replication_role = replica');
    await owner.query(sql, [tenantId]);
    await owner.query('COMMIT');
  };
  return { ...made, tenantId, found, falsify };
}

it('sound books have no finding', async () => {
  const { found } = await books();
  expect(await found()).toEqual({});
});

describe('books that were falsified past the database’s rules', () => {
  it.each([
    [
      'ledger-balances',
      "UPDATE ledger_balances SET amount_nano = amount_nano + 1 WHERE tenant_id = $1 AND account = 'unbilled'",
      /The balance is 201 nano, its bookings sum to 200/,
    ],
    [
      'ledger-complete',
      'UPDATE billing_accounts SET ledger_sequence = ledger_sequence + 1 WHERE tenant_id = $1',
      /4 bookings were made, 3 are there/,
    ],
    [
      'credit-never-overdrawn',
      `UPDATE ledger_balances SET amount_nano = -900 WHERE tenant_id = $1 AND account = 'credit_promotional'`,
      /500 nano were given, 900 are left/,
    ],
  ])('%s', async (name, sql, detail) => {
    const { found, falsify } = await books();
    await falsify(sql);
    const findings = await found();
    expect(findings[name]).toEqual([expect.stringMatching(detail)]);
  });

  it('ledger-sums-to-zero and accruals-booked: an entry that was changed', async () => {
    const { found, falsify } = await books();
    await falsify(
      `UPDATE ledger_entries SET amount_nano = amount_nano + 5 WHERE tenant_id = $1 AND account = 'unbilled' AND amount_nano = 700`,
    );
    expect(await found()).toMatchObject({
      'ledger-sums-to-zero': ['Its entries sum to 5 nano USD.'],
      'accruals-booked': ['Its lines sum to 700 nano, 705 were booked.'],
      'ledger-balances': [expect.stringContaining('its bookings sum to 205')],
    });
  });
});

it('only books that changed since are looked at', async () => {
  const { found, falsify } = await books();
  await falsify(
    `UPDATE ledger_balances SET amount_nano = amount_nano + 1 WHERE tenant_id = $1 AND account = 'unbilled'`,
  );
  expect(await found(new Date(Date.now() + 3_600_000))).toEqual({});
  expect(Object.keys(await found())).toContain('ledger-balances');
});
