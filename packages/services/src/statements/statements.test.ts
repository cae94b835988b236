import { billingMonth } from '@parley/domain/rating/billing-month';
import { must } from '@parley/kernel/assert';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { ensureAccount } from '../billing/ensure-account.ts';
import { grantCredit } from '../billing/grant-credit.ts';
import { issueInvoice } from '../billing/issue-invoice.ts';
import { postAccrual } from '../billing/post-accrual.ts';
import { recordPayment } from '../billing/record-payment.ts';
import { refund } from '../billing/refund.ts';
import { monthNamed } from '../costs/month-range.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { faultOf } from '../test/publisher.ts';
import { downloadStatement } from './download.ts';
import { getStatement } from './get.ts';
import { listStatements } from './list.ts';

const kit = testContext();
const owner = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
afterAll(() => Promise.all([kit.close(), owner.end()]));

type Tenant = Awaited<ReturnType<typeof kit.tenant>>;
let publisher: Tenant;
let customer: Tenant;
let api: Awaited<ReturnType<typeof publishedApi>>;
let account: { tenantId: string; accountId: string; platformSharePpm: number };
let subscriptionId: string;
const UNIT = 1_000_000_000n;
const THIS_MONTH = billingMonth(Date.now(), 'Europe/Berlin').name;

type Work = Parameters<typeof kit.db.within<unknown>>[1];

/** Does something as if it had been booked at another time: the database itself says when, and to nobody but its owner otherwise. */
async function bookedAt(at: string, work: Work): Promise<void> {
  const { tenantId } = account;
  const known = await owner.query<{ id: string }>('SELECT id FROM ledger_transactions WHERE tenant_id = $1', [
    tenantId,
  ]);
  await kit.db.within({ tenantId }, work);
  await owner.query(
    'UPDATE ledger_transactions SET booked_at = $2 WHERE tenant_id = $1 AND NOT (id = ANY($3::uuid[]))',
    [tenantId, at, known.rows.map(({ id }) => id)],
  );
}

const accrue =
  (period: string, amountNano: bigint): Work =>
  (tx) =>
    postAccrual(tx, {
      ...account,
      subscriptionId,
      period,
      occurredAt: new Date(`${period}-20T00:00:00Z`),
      lines: [{ line: 'usage/a', quantity: 1n, amountNano, rated: { kind: 'usage', planId: api.autoPlanId } }],
    });

beforeAll(async () => {
  await owner.connect();
  // Only this connection, and only for the times at which things were booked.
  await owner.query('SET session_replication_role = replica');
  publisher = await kit.tenant('<b>Acme</b>');
  customer = await kit.tenant('Shop');
  const { tenantId } = publisher;
  await kit.db.within({ tenantId }, (tx) =>
    tx.tenant.updateMany({ where: { id: tenantId }, data: { timezone: 'Europe/Berlin' } }),
  );
  api = await publishedApi(kit.db, tenantId, { slug: 'maps', name: '=Maps' });
  await createApplication(customer.owner, { slug: 'shop', name: 'Shop' });
  const wanted = { application: 'shop', publisher: publisher.slug, api: 'maps', plan: 'free' };
  subscriptionId = (await requestSubscription(customer.owner, wanted)).id;
  const pair = { tenantId, consumerTenantId: customer.tenantId };
  const { id: accountId } = await kit.db.within({ tenantId }, (tx) => ensureAccount(tx, pair));
  account = { tenantId, accountId, platformSharePpm: 100_000 };

  await bookedAt('2026-08-10T00:00:00Z', accrue('2026-08', 10n * UNIT));
  // In Berlin the first minute of September.
  await bookedAt('2026-08-31T22:00:00Z', accrue('2026-08', 11n * UNIT));
  await bookedAt('2026-09-03T00:00:00Z', (tx) =>
    grantCredit(tx, { ...account, key: 'gift', kind: 'promotional', amountNano: 3n * UNIT }),
  );
  await bookedAt('2026-09-04T00:00:00Z', accrue('2026-09', 20n * UNIT + 4n));
  await bookedAt('2026-09-05T00:00:00Z', async (tx) => {
    const at = new Date('2026-09-05T00:00:00Z');
    const month = monthNamed('2026-09', 'Europe/Berlin');
    const { invoiceId } = must(await issueInvoice(tx, { ...account, month, at }), 'an invoice');
    await recordPayment(tx, { ...account, key: 'bank', amountNano: 8n * UNIT, invoiceId });
    await refund(tx, { ...account, key: 'note', of: 'revenue', to: 'receivable', amountNano: 5n * UNIT, invoiceId });
  });
  await accrueNow(2n * UNIT);
});

const accrueNow = (amountNano: bigint) => kit.db.within({ tenantId: account.tenantId }, accrue(THIS_MONTH, amountNano));

const balance = async (): Promise<bigint> => {
  const { tenantId } = account;
  const where = { tenantId, account: { in: ['publisher_share', 'promotion', 'breakage', 'write_off'] } };
  const rows = await kit.db.within({ tenantId }, (tx) => tx.ledgerBalance.findMany({ where }));
  return rows.reduce((sum, { amountNano }) => sum - amountNano, 0n);
};

const amounts = ({ lines }: { lines: readonly { kind: string; usedIn: string | null; amount: string }[] }) =>
  lines.map(({ kind, usedIn, amount }) => [kind, usedIn, amount]);

describe('a statement', () => {
  it('says a month by what was booked in it: charges by month of use, shares, credit given, notes, rounding', async () => {
    const august = await getStatement(publisher.owner, { month: '2026-08' });
    expect(amounts(august)).toEqual([
      ['charged', '2026-08', '10'],
      ['platformShare', null, '-1'],
    ]);
    expect(august).toMatchObject({ opening: '0', closing: '9', final: true, ties: true });
    const september = await getStatement(publisher.owner, { month: '2026-09' });
    expect(amounts(september)).toEqual([
      ['charged', '2026-08', '1'],
      ['charged', '2026-09', '20.000000004'],
      ['creditNotes', null, '-5'],
      ['rounding', null, '-0.000000004'],
      ['platformShare', null, '-1.6'],
      ['creditGiven', null, '-3'],
    ]);
    expect(september.lines[0]).toMatchObject({ api: '=Maps', plan: 'Free' });
    expect(september).toMatchObject({ opening: '9', closing: '20.4', until: '2026-09-30T22:00:00.000Z', ties: true });
    expect(september.standing).toEqual({
      unbilled: '0',
      receivable: '15',
      cash: '8',
      credit: '0',
      owedBack: '0',
      platformShare: '-2.6',
      tax: '0',
    });
  });

  it('opens with what the one before closed with, and the last closes with the ledger’s balance', async () => {
    const { items, currency } = await listStatements(publisher.owner, {});
    expect([currency, items.map(({ month }) => month)]).toEqual(['USD', [THIS_MONTH, '2026-09', '2026-08']]);
    for (const [at, item] of items.entries()) {
      const { opening, closing, ties } = await getStatement(publisher.owner, { month: item.month });
      expect({ opening, closing, ties }).toEqual({ opening: item.opening, closing: item.closing, ties: true });
      expect(opening).toBe(items[at + 1]?.closing ?? '0');
    }
    expect(BigInt(Math.round(Number(items[0]?.closing) * 1e9))).toBe(await balance());
    // A month between in which nothing was booked.
    expect(await getStatement(publisher.owner, { month: '2026-10' })).toMatchObject({
      opening: '20.4',
      closing: '20.4',
      lines: [],
      ties: true,
    });
  });

  it('of a month that is over comes out the same to the byte, whatever is booked later; that of this month goes on', async () => {
    const files = () =>
      Promise.all(
        (['html', 'pdf', 'csv'] as const).map((format) =>
          downloadStatement(publisher.owner, { month: '2026-09', format }).then(({ base64 }) => base64),
        ),
      );
    const before = [await getStatement(publisher.owner, { month: '2026-09' }), ...(await files())];
    const open = await getStatement(publisher.owner, { month: THIS_MONTH });
    // Late use of September, found out now.
    await kit.db.within({ tenantId: account.tenantId }, accrue('2026-09', 21n * UNIT));
    expect([await getStatement(publisher.owner, { month: '2026-09' }), ...(await files())]).toEqual(before);
    const later = await getStatement(publisher.owner, { month: THIS_MONTH });
    expect(later.final).toBe(false);
    expect(later.hash).not.toBe(open.hash);
    expect(amounts(later)).toContainEqual(['charged', '2026-09', '0.999999996']);
    expect(later.ties).toBe(true);
  });

  it('is a file that a browser, a printer and a spreadsheet can open, with names as text', async () => {
    const text = async (format: 'html' | 'pdf' | 'csv', encoding: BufferEncoding = 'utf8') => {
      const { base64 } = await downloadStatement(publisher.owner, { month: '2026-09', format });
      return Buffer.from(base64, 'base64').toString(encoding);
    };
    const html = await text('html');
    expect(html).toContain('<dd>&lt;b&gt;Acme&lt;/b&gt;</dd>');
    expect(html).toContain('=Maps, plan Free<small>Used in August 2026, booked in September 2026</small>');
    expect(html).toContain('20.40 USD');
    expect(await text('pdf', 'latin1')).toMatch(/^%PDF-1\.4\n[^]*\(Statement 2026-09\) Tj[^]*%%EOF\n$/);
    const rows = (await text('csv')).trimEnd().split('\r\n');
    expect(rows[0]).toBe('month,line,used_in,api,plan,amount,currency');
    expect(rows[2]).toBe("2026-09,charged,2026-08,'=Maps,Free,1,USD");
    const nano = rows.slice(1).map((row) => Math.round(Number(row.split(',')[5]) * 1e9));
    expect(nano.slice(0, -1).reduce((sum, one) => sum + one)).toBe(nano.at(-1));
  });

  it('is the publisher’s alone, not its customer’s, and only for who may see money', async () => {
    for (const { owner: other } of [customer, await kit.tenant()]) {
      expect((await listStatements(other, {})).items).toEqual([]);
      const nothing = await getStatement(other, { month: '2026-09' });
      expect(nothing).toMatchObject({ opening: '0', closing: '0', lines: [], ties: true });
      expect(Object.values(nothing.standing).every((amount) => amount === '0')).toBe(true);
    }
    const developer = await publisher.as('developer');
    for (const ask of [getStatement, downloadStatement]) {
      expect((await faultOf(ask(developer, { month: '2026-09' }))).code).toBe('forbidden');
    }
  });

  it('of a month to come is refused', async () => {
    for (const month of ['2098-01', '2026-00', 'soon']) {
      expect((await faultOf(getStatement(publisher.owner, { month }))).issues[0]?.path).toBe('month');
    }
  });
});
