import { must } from '@parley/kernel/assert';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { ensureAccount } from '../billing/ensure-account.ts';
import { issueInvoice } from '../billing/issue-invoice.ts';
import { postAccrual } from '../billing/post-accrual.ts';
import { getBillingAccount } from '../billing-accounts/get.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { faultOf, withPromptApi } from '../test/publisher.ts';
import { creditInvoice } from './credit.ts';
import { downloadInvoice } from './download.ts';
import { getInvoice } from './get.ts';
import { listInvoices } from './list.ts';
import { mineInvoices } from './mine.ts';
import { recordInvoicePayment } from './record-payment.ts';
import { verifyInvoice } from './verify.ts';

const kit = testContext();
afterAll(() => kit.close());

type Tenant = Awaited<ReturnType<typeof kit.tenant>>;
let publisher: Tenant;
let customer: Tenant;
let accountId: string;
let subscriptionId: string;
let months = 0;

beforeAll(async () => {
  publisher = await kit.tenant('Maps');
  customer = await kit.tenant('Shop Ltd');
  await withPromptApi(publisher.owner);
  await createApplication(customer.owner, { slug: 'shop', name: 'Shop' });
  const wanted = { application: 'shop', publisher: publisher.slug, api: 'greet', plan: 'free' };
  subscriptionId = (await requestSubscription(customer.owner, wanted)).id;
  const pair = { tenantId: publisher.tenantId, consumerTenantId: customer.tenantId };
  accountId = (await kit.db.within({ tenantId: publisher.tenantId }, (tx) => ensureAccount(tx, pair))).id;
});

/** An invoice over 10 units for a month of its own. */
async function newInvoice(): Promise<string> {
  const { tenantId } = publisher;
  const name = `2025-${String(++months).padStart(2, '0')}`;
  const startMs = Date.parse(`${name}-01T00:00:00Z`);
  const month = { name, period: { startMs, endMs: startMs + 28 * 86_400_000 } };
  const lines = [
    { line: 'usage/1', quantity: 5n, amountNano: 10_000_000_000n, rated: { kind: 'usage', name: 'Calls' } },
  ];
  const at = new Date();
  return kit.db.within({ tenantId }, async (tx) => {
    const of = { tenantId, accountId, subscriptionId, period: name, occurredAt: at, platformSharePpm: 200_000 };
    await postAccrual(tx, { ...of, lines });
    return must(await issueInvoice(tx, { tenantId, accountId, month, at }), 'an invoice').invoiceId;
  });
}

const shares = () =>
  kit.db.within({ tenantId: publisher.tenantId }, async (tx) => {
    const rows = await tx.ledgerBalance.findMany({ where: { tenantId: publisher.tenantId, item: '' } });
    const of = (name: string) => rows.find(({ account }) => account === name)?.amountNano ?? 0n;
    return [of('publisher_share'), of('platform_share')];
  });

describe('an invoice', () => {
  it('is read, listed and downloaded by both sides alike, and by nobody else', async () => {
    const invoice = await newInvoice();
    const mine = await getInvoice(customer.owner, { invoice });
    expect(mine).toMatchObject({ name: 'INV-00001', state: 'open', total: '10', due: '10', creditNotes: [] });
    expect(mine.lines).toEqual([
      { what: 'Calls', where: 'Greet, plan Free, for Shop', quantity: '5', amount: '10.00' },
    ]);
    expect(await getInvoice(publisher.owner, { invoice })).toEqual(mine);
    expect((await listInvoices(publisher.owner, { state: 'open' })).items.map(({ id }) => id)).toEqual([invoice]);
    expect((await mineInvoices(customer.owner, { account: accountId })).items.map(({ id }) => id)).toEqual([invoice]);
    expect((await listInvoices(customer.owner, {})).items).toEqual([]);
    expect((await mineInvoices(publisher.owner, {})).items).toEqual([]);

    const pdf = await downloadInvoice(customer.owner, { invoice });
    expect(pdf).toMatchObject({ fileName: 'INV-00001.pdf', contentType: 'application/pdf' });
    expect(Buffer.from(pdf.base64, 'base64').toString('latin1')).toMatch(/^%PDF-1\.4\n[^]*\(Shop Ltd\) Tj[^]*%%EOF\n$/);
    const html = await downloadInvoice(publisher.owner, { invoice, format: 'html' });
    expect(Buffer.from(html.base64, 'base64').toString('utf8')).toContain('<dd>Shop Ltd</dd>');

    const stranger = await kit.tenant();
    for (const ask of [getInvoice, downloadInvoice, verifyInvoice]) {
      expect((await faultOf(ask(stranger.owner, { invoice }))).code).toBe('not_found');
    }
    const developer = await customer.as('developer');
    expect((await faultOf(downloadInvoice(developer, { invoice }))).code).toBe('forbidden');
  });

  it('is paid by parts, each reference once; too much is owed back', async () => {
    const invoice = await newInvoice();
    const pay = (reference: string, amount: string) =>
      recordInvoicePayment(publisher.owner, { invoice, amount, reference });
    expect(await pay('bank 1', '4')).toMatchObject({ state: 'open', paid: '4', due: '6', excess: '0' });
    expect(await pay('bank 1', '4')).toMatchObject({ paid: '4', due: '6' });
    expect((await faultOf(pay('bank 1', '5'))).code).toBe('conflict');
    expect(await pay('bank 2', '8.50')).toMatchObject({ state: 'paid', paid: '10', due: '0', excess: '2.5' });
    expect(await getBillingAccount(customer.owner, { account: accountId })).toMatchObject({ owedBack: '2.5' });
    const by = (context: Tenant['owner']) =>
      faultOf(recordInvoicePayment(context, { invoice, amount: '1', reference: 'x' }));
    expect((await by(customer.owner)).code).toBe('not_found');
    expect((await by(await publisher.as('publisher'))).code).toBe('forbidden');
  });

  it('is lowered by credit notes: first what is due, then what is owed back, and never more than its total', async () => {
    const invoice = await newInvoice();
    await recordInvoicePayment(publisher.owner, { invoice, amount: '7', reference: 'bank' });
    const before = await shares();
    const owed = (await getBillingAccount(customer.owner, { account: accountId })).owedBack;
    const write = (amount: string, key?: string) =>
      creditInvoice(publisher.owner, { invoice, amount, reason: 'Outage', ...(key ? { key } : {}) });
    const note = await write('5', 'outage');
    expect(note).toMatchObject({ name: 'CN-00001', amount: '5', offInvoice: '3', reason: 'Outage' });
    expect((await write('5', 'outage')).id).toBe(note.id);
    expect((await faultOf(write('6', 'outage'))).code).toBe('conflict');
    const after = await shares();
    expect(after.map((share, at) => share - (before[at] ?? 0n))).toEqual([4_000_000_000n, 1_000_000_000n]);
    expect(await getInvoice(customer.owner, { invoice })).toMatchObject({ state: 'paid', credited: '3', due: '0' });
    const account = await getBillingAccount(customer.owner, { account: accountId });
    expect(Number(account.owedBack) - Number(owed)).toBe(2);
    expect((await faultOf(write('5.01'))).issues[0]?.path).toBe('amount');
    expect((await write('5')).name).toBe('CN-00002');
  });

  it('comes out of the ledger again to the byte, whatever is accrued later', async () => {
    const invoice = await newInvoice();
    const checked = await verifyInvoice(publisher.owner, { invoice });
    expect(checked).toMatchObject({ holds: true, stored: checked.hash, recomputed: checked.hash });
    // what is accrued later for the same month is no part of it
    await kit.db.within({ tenantId: publisher.tenantId }, (tx) =>
      postAccrual(tx, {
        tenantId: publisher.tenantId,
        accountId,
        subscriptionId,
        period: `2025-${String(months).padStart(2, '0')}`,
        lines: [],
        occurredAt: new Date(),
      }),
    );
    expect(await verifyInvoice(publisher.owner, { invoice })).toEqual(checked);
  });
});
