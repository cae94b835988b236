import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeOffInvoice } from '../billing/end-invoice.ts';
import { ensureAccount } from '../billing/ensure-account.ts';
import { issueInvoice } from '../billing/issue-invoice.ts';
import { postAccrual } from '../billing/post-accrual.ts';
import { INVOICE_CHECKS } from './invoice-checks.ts';

/** What only the owner of the tables can do, since the database refuses it to everybody else: falsify. */
const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
const kit = testContext();
beforeAll(() => owner.connect());
afterAll(() => Promise.all([kit.close(), owner.end()]));

/** An invoice over 10 units and 10 % of tax, and what the checks find once it was falsified. */
async function found(falsify: string, before: (invoice: { tenantId: string; invoiceId: string }) => Promise<unknown>) {
  const { tenantId } = await kit.tenant();
  const at = new Date();
  const startMs = Date.UTC(2026, 0);
  const month = { name: '2026-01', period: { startMs, endMs: startMs + 31 * 86_400_000 } };
  const invoiceId = await kit.db.within({ tenantId }, async (tx) => {
    const { id: accountId } = await ensureAccount(tx, { tenantId, consumerTenantId: newId() });
    await tx.taxRate.create({ data: { tenantId, id: newId(), name: 'VAT', ppm: 100_000 } });
    const lines = [{ line: 'calls', quantity: 1n, amountNano: 10_000_000_000n, rated: {} }];
    const of = { tenantId, accountId, subscriptionId: newId(), period: month.name, occurredAt: at };
    await postAccrual(tx, { ...of, lines });
    return (await issueInvoice(tx, { tenantId, accountId, month, at }))?.invoiceId ?? '';
  });
  await before({ tenantId, invoiceId });
  await owner.query('BEGIN; SET LOCAL session_replication_role = replica');
  await owner.query(falsify, [tenantId]);
  await owner.query('COMMIT');
  const all: Record<string, string[]> = {};
  for (const { name, sql } of INVOICE_CHECKS) {
    const { rows } = await owner.query<{ tenant_id: string; detail: string }>(sql, [new Date(0)]);
    const mine = rows.filter((row) => row.tenant_id === tenantId).map(({ detail }) => detail);
    if (mine.length > 0) all[name] = mine;
  }
  return all;
}

const asIssued = () => Promise.resolve();
const givenUp = (invoice: { tenantId: string; invoiceId: string }) =>
  kit.db.within({ tenantId: invoice.tenantId }, (tx) =>
    writeOffInvoice(tx, { ...invoice, reason: 'x', at: new Date() }),
  );

it.each([
  ['nothing', 'SELECT 1 WHERE $1::uuid IS NULL', asIssued, {}],
  ['nothing, also given up', 'SELECT 1 WHERE $1::uuid IS NULL', givenUp, {}],
  [
    'tax that was booked otherwise',
    "UPDATE ledger_entries SET amount_nano = amount_nano - 1 WHERE tenant_id = $1 AND account = 'tax'",
    asIssued,
    {
      'invoices-booked': [expect.stringMatching(/11000000000 nano with 1000000000 of tax.*11000000000 and 1000000001/)],
    },
  ],
  [
    'rates that come to something else',
    `UPDATE invoices SET taxes = jsonb_set(taxes, '{0,amountNano}', '"7"') WHERE tenant_id = $1`,
    asIssued,
    { 'invoices-booked': [expect.stringMatching(/its rates come to 7;/)] },
  ],
  [
    'a loss that was booked otherwise',
    "UPDATE ledger_entries SET amount_nano = amount_nano - 1 WHERE tenant_id = $1 AND account = 'write_off'",
    givenUp,
    {
      'invoices-receivable': [
        expect.stringMatching(/11000000000 nano are due on it, which is uncollectible; 0 are receivable, 10999999999/),
      ],
    },
  ],
  [
    'a number that is missing',
    'UPDATE invoices SET number = 2 WHERE tenant_id = $1',
    asIssued,
    { 'invoices-numbers': ['There are 1 invoices, the last is number 2.'] },
  ],
])('the checks of invoices find %s', async (_what, falsify, before, findings) => {
  expect(await found(falsify, before)).toEqual(findings);
});
