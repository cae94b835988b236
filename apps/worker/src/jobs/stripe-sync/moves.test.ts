import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { NANO_PER_UNIT } from '@parley/kernel/money';
import { issueInvoice } from '@parley/services/billing/issue-invoice';
import { mirrorDocument } from '@parley/services/billing/mirror-document';
import { postAccrual } from '@parley/services/billing/post-accrual';
import { documentOf } from '@parley/services/billing/recompute-invoice';
import { creditInvoice } from '@parley/services/invoices/credit';
import { recordInvoicePayment } from '@parley/services/invoices/record-payment';
import { voidInvoice } from '@parley/services/invoices/void';
import { writeOffInvoice } from '@parley/services/invoices/write-off';
import { keepCard } from '@parley/services/payments/keep-card';
import { setPlanPrice } from '@parley/services/plans/set-price';
import { queueInvoice } from '@parley/services/stripe/invoice-document';
import { publishedApi } from '@parley/testkit/published-api';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, expect, it } from 'vitest';
import { stripeBench } from '../../../test/stripe-account.ts';

const bench = await stripeBench();
afterAll(() => bench.close());
const { simulator, worker, sync } = bench;
const START_MS = Date.UTC(2026, 9, 1);
const MONTH = { name: '2026-10', period: { startMs: START_MS, endMs: START_MS + 31 * 86_400_000 } };

/** An invoice over 10 units and 19 % of tax, to be charged by Stripe to a customer without a card. */
async function issued() {
  const account = await bench.account();
  const { publisherId: tenantId, accountId } = account;
  const at = new Date();
  const api = await publishedApi(bench.app, tenantId);
  await worker.db.within({}, async (tx) => {
    const lines = [
      {
        line: 'calls',
        quantity: 3n,
        amountNano: 10n * NANO_PER_UNIT - 3n,
        rated: { name: 'Calls', planId: api.autoPlanId },
      },
    ];
    const of = { tenantId, accountId, subscriptionId: newId(), period: MONTH.name, occurredAt: at };
    await postAccrual(tx, { ...of, lines });
  });
  await bench.app.within({ tenantId }, (tx) =>
    tx.taxRate.create({ data: { tenantId, id: newId(), name: 'VAT', ppm: 190_000 } }),
  );
  const invoice = await worker.db.within({}, async (tx) => {
    const made = must(await issueInvoice(tx, { tenantId, accountId, month: MONTH, at }), 'an invoice');
    const row = await tx.invoice.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: made.invoiceId } } });
    const document = mirrorDocument(documentOf(row), MONTH);
    await queueInvoice(tx, { tenantId, accountId, invoiceId: made.invoiceId, document });
    return made.invoiceId;
  });
  const publisher = bench.contextOf(tenantId);
  const theirs = () => simulator.world.invoices.all().find((one) => one.metadata['parley_invoice'] === invoice);
  const ours = async () =>
    must(await worker.db.within({}, (tx) => tx.invoice.findFirst({ where: { tenantId, id: invoice } })), 'our invoice');
  const until = (what: string, holds: () => boolean | Promise<boolean>) =>
    waitFor(what, async () => {
      await sync('events');
      return holds();
    });
  return { ...account, api, invoice, publisher, theirs, ours, until };
}

/** The same, after Stripe has tried in vain to charge it. */
async function unpaid() {
  const one = await issued();
  await one.until('the failed payment', async () => (await one.standing()) === 'grace');
  return one;
}

it('is charged with its tax, to the sum of the invoice', async () => {
  const one = await issued();
  await bench.press((await keepCard(one.context, { account: one.accountId })).url, '4242424242424242');
  await one.until('the payment', async () => (await one.ours()).state === 'paid');
  expect(one.theirs()).toMatchObject({ status: 'paid', total: 1190 });
  expect(one.theirs()?.lines.data.map(({ description, amount }) => [description?.split(' · ')[0], amount])).toEqual([
    ['Calls', 1000],
    ['Rounding', 0],
    ['VAT 19 %', 190],
  ]);
  expect([await one.balance('tax'), await one.balance('receivable')]).toEqual([(-19n * NANO_PER_UNIT) / 10n, 0n]);
});

it('names its plan as a product, which follows the plan’s name and is made once for each priced plan', async () => {
  const one = await issued();
  await one.until('the invoice at Stripe', () => one.theirs()?.status === 'open');
  const { autoPlanId: planId, slug } = one.api;
  const product = () => simulator.world.products.find(`parley_plan_${planId}`);
  expect(one.theirs()?.lines.data.map(({ pricing, metadata }) => [pricing?.price_details.product, metadata])).toEqual([
    [`parley_plan_${planId}`, { parley_plan: planId }],
    [undefined, {}],
    [undefined, {}],
  ]);
  expect(product()).toMatchObject({ active: true, metadata: { parley_publisher: one.publisherId, api: slug } });
  const before = simulator.world.products.all().length;
  await bench.app.within({ tenantId: one.publisherId }, (tx) =>
    tx.plan.updateMany({ where: { id: planId }, data: { name: 'Renamed' } }),
  );
  await setPlanPrice(one.publisher, { api: slug, plan: 'free', pricing: { recurring: { amountNano: '5000000000' } } });
  await sync('sweep');
  await sync('sweep');
  expect(product()?.name).toMatch(/, Renamed$/);
  expect(simulator.world.products.all()).toHaveLength(before);
});

it('asks for the rest once a part was paid by bank and a part credited; a card pays exactly that', async () => {
  const one = await unpaid();
  const { invoice } = one;
  await recordInvoicePayment(one.publisher, { invoice, amount: '4.40', reference: 'bank' });
  await creditInvoice(one.publisher, { invoice, amount: '1.19', reason: 'Outage' });
  await one.until('a lower invoice', () => one.theirs()?.amount_remaining === 631);
  expect(await one.balance('tax')).toBe(-1_710_000_000n);
  await bench.press((await keepCard(one.context, { account: one.accountId })).url, '4242424242424242');
  await one.until('the payment', async () => (await one.ours()).state === 'paid');
  expect([await one.balance('receivable'), await one.balance('refund')]).toEqual([0n, 0n]);
  expect(await one.balance('cash')).toBe(10_710_000_000n);
  await one.until('good standing', async () => (await one.standing()) === 'good');
});

it('is not charged any more once it is paid by bank, and is booked as paid once', async () => {
  const one = await unpaid();
  await recordInvoicePayment(one.publisher, { invoice: one.invoice, amount: '11.90', reference: 'bank' });
  await one.until('paid at Stripe', () => one.theirs()?.status === 'paid');
  await one.until('good standing', async () => (await one.standing()) === 'good');
  expect([await one.balance('cash'), await one.balance('refund')]).toEqual([11_900_000_000n, 0n]);
});

it('that was paid or voided before Stripe had it never gets there', async () => {
  const [paid, voided] = [await issued(), await issued()];
  await recordInvoicePayment(paid.publisher, { invoice: paid.invoice, amount: '11.90', reference: 'bank' });
  await voidInvoice(voided.publisher, { invoice: voided.invoice, reason: 'Wrong customer' });
  await sync('events');
  expect([paid.theirs(), voided.theirs()]).toEqual([undefined, undefined]);
});

it('is voided at Stripe as well, and ours where Stripe’s was', async () => {
  const one = await unpaid();
  await voidInvoice(one.publisher, { invoice: one.invoice, reason: 'Wrong customer' });
  await one.until('void at Stripe', () => one.theirs()?.status === 'void');
  await one.until('good standing', async () => (await one.standing()) === 'good');
  const other = await unpaid();
  await bench.stripe.client.invoices.voidInvoice(must(other.theirs(), 'theirs').id);
  await other.until('void here', async () => (await other.ours()).state === 'void');
  for (const account of [one, other]) {
    for (const name of ['receivable', 'tax', 'publisher_share', 'cash']) {
      expect(await account.balance(name), name).toBe(0n);
    }
  }
});

it('given up is given up at Stripe, and counts when it is paid after all', async () => {
  const one = await unpaid();
  await writeOffInvoice(one.publisher, { invoice: one.invoice, reason: 'Insolvent' });
  await one.until('uncollectible at Stripe', () => one.theirs()?.status === 'uncollectible');
  expect([await one.balance('write_off'), await one.balance('receivable')]).toEqual([11_900_000_000n, 0n]);
  await recordInvoicePayment(one.publisher, { invoice: one.invoice, amount: '11.90', reference: 'estate' });
  await one.until('paid at Stripe', () => one.theirs()?.status === 'paid');
  expect(await one.ours()).toMatchObject({ state: 'paid' });
  expect([await one.balance('write_off'), await one.balance('cash')]).toEqual([0n, 11_900_000_000n]);
});
