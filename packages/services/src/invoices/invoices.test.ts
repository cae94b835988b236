import { must } from '@parley/kernel/assert';
import { formatAmount } from '@parley/kernel/money';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { ensureAccount } from '../billing/ensure-account.ts';
import { issueInvoice } from '../billing/issue-invoice.ts';
import { postAccrual } from '../billing/post-accrual.ts';
import { nanoOf } from '../billing-accounts/account-shape.ts';
import { exemptBillingAccount } from '../billing-accounts/exempt.ts';
import { getBillingAccount } from '../billing-accounts/get.ts';
import { setBillingDetails } from '../billing-accounts/set-details.ts';
import { setBillingProfile } from '../billing-profile/set.ts';
import { downloadCreditNote } from '../credit-notes/download.ts';
import { listCreditNotes } from '../credit-notes/list.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { archiveTaxRate } from '../tax-rates/archive.ts';
import { createTaxRate } from '../tax-rates/create.ts';
import { listTaxRates } from '../tax-rates/list.ts';
import { faultOf, withPromptApi } from '../test/publisher.ts';
import { creditInvoice } from './credit.ts';
import { downloadInvoice } from './download.ts';
import { getInvoice } from './get.ts';
import { listInvoices } from './list.ts';
import { mineInvoices } from './mine.ts';
import { previewInvoice } from './preview.ts';
import { recordInvoicePayment } from './record-payment.ts';
import { verifyInvoice } from './verify.ts';
import { voidInvoice } from './void.ts';
import { writeOffInvoice } from './write-off.ts';

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

/** The n-th month from January 2025. */
const monthName = (n: number): string => new Date(Date.UTC(2025, n - 1)).toISOString().slice(0, 7);

/** An invoice over 10 units for a month of its own. */
async function newInvoice(): Promise<string> {
  const { tenantId } = publisher;
  const name = monthName(++months);
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

const balanceOf = (name: string) =>
  kit.db.within({ tenantId: publisher.tenantId }, async (tx) => {
    const rows = await tx.ledgerBalance.findMany({ where: { tenantId: publisher.tenantId, account: name } });
    return rows.reduce((sum, { amountNano }) => sum + amountNano, 0n);
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
        period: monthName(months),
        lines: [],
        occurredAt: new Date(),
      }),
    );
    expect(await verifyInvoice(publisher.owner, { invoice })).toEqual(checked);
  });
});

describe('a publisher who charges tax', () => {
  const details = { legalName: 'Shop Ltd', address: 'Road 1\nVienna', country: 'AT', taxId: '' };
  const customerSays = (more: object) => setBillingDetails(customer.owner, { account: accountId, ...details, ...more });

  it('is who it says on invoices from then on, adds its rates, and what was issued stays', async () => {
    const before = await newInvoice();
    await setBillingProfile(publisher.owner, { legalName: 'Maps GmbH', country: 'de', footer: 'HRB 1' });
    await createTaxRate(publisher.owner, { name: 'USt', percent: '19', country: 'DE' });
    const at = await createTaxRate(publisher.owner, { name: 'USt', percent: '20', country: 'AT', reverseCharge: true });
    const again = createTaxRate(publisher.owner, { name: 'USt', percent: '21', country: 'AT' });
    expect((await faultOf(again)).issues[0]?.path).toBe('name');
    const home = await newInvoice();
    expect(await getInvoice(customer.owner, { invoice: home })).toMatchObject({
      taxes: [{ name: 'USt', percent: '19', treatment: 'taxed', base: '10', amount: '1.9' }],
      tax: '1.9',
      total: '11.9',
    });
    await customerSays({});
    const abroad = await newInvoice();
    expect(await getInvoice(customer.owner, { invoice: abroad })).toMatchObject({ tax: '2', total: '12' });
    await customerSays({ taxId: 'ATU1' });
    const reversed = await newInvoice();
    expect(await getInvoice(customer.owner, { invoice: reversed })).toMatchObject({
      taxes: [{ treatment: 'reverse_charge', amount: '0' }],
      total: '10',
    });
    await customerSays({});
    await exemptBillingAccount(publisher.owner, { account: accountId, exempt: true, reason: 'Certificate 7' });
    expect(await getBillingAccount(customer.owner, { account: accountId })).toMatchObject({
      details: { ...details, region: '', email: '' },
      taxExemption: 'Certificate 7',
    });
    const exempt = await newInvoice();
    const html = await downloadInvoice(customer.owner, { invoice: exempt, format: 'html' });
    const text = Buffer.from(html.base64, 'base64').toString('utf8');
    expect(text).toContain('Exempt from tax: Certificate 7');
    expect(text).toContain('<dd>Maps GmbH<br>DE</dd>');
    expect(text).toContain('<dd>Shop Ltd<br>Road 1<br>Vienna<br>AT</dd>');
    await exemptBillingAccount(publisher.owner, { account: accountId, exempt: false });
    await archiveTaxRate(publisher.owner, { rate: at.id });
    expect((await listTaxRates(publisher.owner, {})).items.map(({ country }) => country)).toEqual(['DE']);
    for (const invoice of [before, home, abroad, reversed, exempt]) {
      expect(await verifyInvoice(publisher.owner, { invoice })).toMatchObject({ holds: true });
    }
  });

  it('gives tax back with credit notes in proportion, and books it', async () => {
    await setBillingProfile(publisher.owner, { country: 'DE' });
    await createTaxRate(publisher.owner, { name: 'Extra', percent: '1.5', country: 'DE' });
    await customerSays({ country: 'DE' });
    const taxBalance = () => balanceOf('tax');
    const before = await taxBalance();
    const invoice = await newInvoice();
    expect(await getInvoice(customer.owner, { invoice })).toMatchObject({ tax: '2.05', total: '12.05' });
    expect((await taxBalance()) - before).toBe(-2_050_000_000n);
    const write = (amount: string) => creditInvoice(publisher.owner, { invoice, amount, reason: 'Outage' });
    expect(await write('4')).toMatchObject({ tax: '0.68' });
    expect(await getInvoice(customer.owner, { invoice })).toMatchObject({ due: '8.05' });
    await recordInvoicePayment(publisher.owner, { invoice, amount: '8.05', reference: 'bank' });
    expect(await write('8.05')).toMatchObject({ tax: '1.37', offInvoice: '0' });
    expect(await taxBalance()).toBe(before);
    expect(await verifyInvoice(publisher.owner, { invoice })).toMatchObject({ holds: true });
  });

  it('lets each side say only its own part, and nobody else any', async () => {
    const stranger = await kit.tenant();
    const says = (context: Tenant['owner']) => setBillingDetails(context, { account: accountId, legalName: 'Mine' });
    expect((await faultOf(says(publisher.owner))).code).toBe('not_found');
    expect((await faultOf(says(stranger.owner))).code).toBe('not_found');
    const frees = (context: Tenant['owner']) =>
      exemptBillingAccount(context, { account: accountId, exempt: true, reason: 'x' });
    expect((await faultOf(frees(customer.owner))).code).toBe('not_found');
    expect((await faultOf(frees(stranger.owner))).code).toBe('not_found');
    const seen = (tenantId: string) =>
      kit.db.within({ tenantId }, async (tx) => [
        await tx.billingProfile.count({ where: { tenantId: publisher.tenantId } }),
        await tx.billingAccountDetails.count({ where: { tenantId: publisher.tenantId } }),
      ]);
    expect(await seen(stranger.tenantId)).toEqual([0, 0]);
    expect(await seen(customer.tenantId)).toEqual([1, 1]);
    const forged = kit.db.within({ tenantId: customer.tenantId }, (tx) =>
      tx.taxExemption.create({ data: { tenantId: publisher.tenantId, billingAccountId: accountId, reason: 'mine' } }),
    );
    await expect(forged).rejects.toThrow(/row-level security/);
    const by = (percent: string) => faultOf(createTaxRate(publisher.owner, { name: 'x', percent }));
    expect((await by('51')).issues[0]?.path).toBe('percent');
    expect((await by('1e3')).issues[0]?.path).toBe('percent');
  });
});

describe('an invoice that ends without being paid', () => {
  it('is voided where nothing was paid: it asks for nothing, and its number stays', async () => {
    const invoice = await newInvoice();
    const before = [await balanceOf('tax'), ...(await shares())];
    const { total, tax } = await getInvoice(publisher.owner, { invoice });
    const end = { invoice, reason: 'Wrong customer' };
    const ended = await voidInvoice(publisher.owner, end);
    expect(ended).toMatchObject({ state: 'void', due: '0', endReason: 'Wrong customer' });
    expect(await voidInvoice(publisher.owner, end)).toEqual(ended);
    const after = [await balanceOf('tax'), ...(await shares())];
    const given = after.map((amount, at) => amount - (before[at] ?? 0n));
    expect(given.reduce((sum, part) => sum + part, 0n)).toBe(nanoOf(total));
    expect(given[0]).toBe(nanoOf(tax));
    const html = await downloadInvoice(customer.owner, { invoice, format: 'html' });
    const text = Buffer.from(html.base64, 'base64').toString('utf8');
    expect(text).toContain('This invoice is void and asks for nothing. Wrong customer');
    const credit = () => creditInvoice(publisher.owner, { invoice, amount: '1', reason: 'x' });
    expect((await faultOf(credit())).code).toBe('invalid_state');
    expect(await verifyInvoice(publisher.owner, { invoice })).toMatchObject({ holds: true });
    const paid = await newInvoice();
    await recordInvoicePayment(publisher.owner, { invoice: paid, amount: '1', reference: 'bank' });
    expect((await faultOf(voidInvoice(publisher.owner, { ...end, invoice: paid }))).code).toBe('invalid_state');
    expect((await faultOf(voidInvoice(customer.owner, end))).code).toBe('not_found');
  });

  it('is written off, and a payment or credit note that comes after all still counts', async () => {
    const invoice = await newInvoice();
    const end = { invoice, reason: 'Insolvent' };
    await recordInvoicePayment(publisher.owner, { invoice, amount: '2', reference: 'bank' });
    const { due } = await getInvoice(publisher.owner, { invoice });
    const before = await balanceOf('write_off');
    const ended = await writeOffInvoice(publisher.owner, end);
    expect(ended).toMatchObject({ state: 'uncollectible', due });
    expect(await writeOffInvoice(publisher.owner, end)).toEqual(ended);
    expect((await balanceOf('write_off')) - before).toBe(nanoOf(due));
    await creditInvoice(publisher.owner, { invoice, amount: '1', reason: 'Settled' });
    const late = await recordInvoicePayment(publisher.owner, { invoice, amount: '20', reference: 'estate' });
    expect(late).toMatchObject({ state: 'paid', due: '0', excess: formatAmount(nanoOf('21') - nanoOf(due)) });
    expect(await balanceOf('write_off')).toBe(before);
  });
});

describe('what is beside invoices', () => {
  it('a credit note is a document of its own for both sides, with its tax, and for nobody else', async () => {
    const { items } = await listCreditNotes(customer.owner, {});
    const note = must(
      items.find(({ tax }) => tax === '0.68'),
      'a credit note with tax',
    );
    expect(note).toMatchObject({ amount: '4', issued: false, publisher: 'Maps', customer: 'Shop Ltd' });
    const file = await downloadCreditNote(customer.owner, { creditNote: note.id, format: 'html' });
    expect(file.fileName).toBe(`${note.name}.html`);
    const text = Buffer.from(file.base64, 'base64').toString('utf8');
    for (const part of [`Credit note ${note.name}`, `Invoice ${note.invoice}`, 'USt 19 %', '4.00 USD', '3.32 USD']) {
      expect(text).toContain(part);
    }
    const pdf = await downloadCreditNote(publisher.owner, { creditNote: note.id });
    expect(Buffer.from(pdf.base64, 'base64').toString('latin1')).toContain(`(Credit note ${note.name}) Tj`);
    const numbers = (await listCreditNotes(publisher.owner, { limit: 200 })).items.map(({ name }) => name);
    expect(numbers).toEqual(numbers.map((_, at) => `CN-${String(numbers.length - at).padStart(5, '0')}`));
    const stranger = await kit.tenant();
    expect((await listCreditNotes(stranger.owner, {})).items).toEqual([]);
    expect((await faultOf(downloadCreditNote(stranger.owner, { creditNote: note.id }))).code).toBe('not_found');
  });

  it('the running invoice says what would be invoiced today, with tax, to both sides, and stores nothing', async () => {
    const count = async () => (await listInvoices(publisher.owner, { limit: 200 })).items.length;
    const before = await count();
    const period = new Date().toISOString().slice(0, 7);
    const lines = [{ line: 'usage/1', quantity: 7n, amountNano: 20_000_000_000n, rated: { name: 'Calls' } }];
    await kit.db.within({ tenantId: publisher.tenantId }, (tx) =>
      postAccrual(tx, {
        tenantId: publisher.tenantId,
        accountId,
        subscriptionId,
        period,
        lines,
        occurredAt: new Date(),
      }),
    );
    const preview = await previewInvoice(customer.owner, { account: accountId });
    expect(preview.period).toBe(period);
    expect(preview.lines).toContainEqual({
      what: 'Calls',
      where: 'Greet, plan Free, for Shop',
      quantity: '7',
      amount: '20.00',
    });
    expect(preview.taxes.map(({ name, percent }) => `${name} ${percent}`)).toEqual(['USt 19', 'Extra 1.5']);
    expect(nanoOf(preview.total)).toBe(nanoOf(preview.subtotal) + nanoOf(preview.tax));
    expect(await previewInvoice(publisher.owner, { account: accountId })).toEqual(preview);
    expect(await count()).toBe(before);
    const stranger = await kit.tenant();
    expect((await faultOf(previewInvoice(stranger.owner, { account: accountId }))).code).toBe('not_found');
  });
});
