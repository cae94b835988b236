import { newId } from '@parley/kernel/id';
import { NANO_PER_UNIT } from '@parley/kernel/money';
import { openAccount, post } from '@parley/services/billing/post';
import { keepCard } from '@parley/services/payments/keep-card';
import { type InvoiceDocument, queueInvoice } from '@parley/services/stripe/invoice-document';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, describe, expect, it } from 'vitest';
import { stripeBench } from '../../../test/stripe-account.ts';

const DAY_MS = 86_400_000;
const bench = await stripeBench();
afterAll(() => bench.close());
const { simulator, worker, sync, press } = bench;
type Account = Awaited<ReturnType<typeof bench.account>>;

const line = (description: string, amountNano: bigint) => ({
  description,
  amountNano: amountNano.toString(),
  periodStart: '2026-10-01T00:00:00Z',
  periodEnd: '2026-11-01T00:00:00Z',
});

/** Issues an invoice of thirds of a cent, as the ledger would, and hands it to Stripe. */
async function issue({ publisherId, accountId }: Account) {
  const invoiceId = newId();
  const lines = [
    line('Calls', (10n * NANO_PER_UNIT) / 3n),
    line('Tokens', (20n * NANO_PER_UNIT) / 3n + 1n),
    line('Credit', -NANO_PER_UNIT),
  ];
  const document: InvoiceDocument = { number: 'INV-7', currency: 'USD', lines };
  const total = 9n * NANO_PER_UNIT;
  await bench.app.within({ tenantId: publisherId }, async (tx) => {
    const account = await openAccount(tx, publisherId, accountId);
    await post(tx, account, {
      kind: 'invoice',
      occurredAt: new Date(),
      entries: [
        { account: 'receivable', amountNano: total, invoiceId },
        { account: 'unbilled', amountNano: -total, period: '2026-10' },
      ],
    });
    await queueInvoice(tx, { tenantId: publisherId, accountId, invoiceId, document });
    await queueInvoice(tx, { tenantId: publisherId, accountId, invoiceId, document });
  });
  return invoiceId;
}

const withCard = async (account: Account, card: string) => {
  await press((await keepCard(account.context, { account: account.accountId })).url, card);
  await waitFor('the card', async () => {
    await sync('events');
    const [row] = await worker.rows('SELECT 1 FROM stripe_cards WHERE billing_account_id = $1', account.accountId);
    return row !== undefined;
  });
};
const atStripe = (invoiceId: string) =>
  simulator.world.invoices.all().filter((one) => one.metadata['parley_invoice'] === invoiceId);

describe('an invoice', () => {
  it('is mirrored with our lines, charged by itself, and booked as paid once', async () => {
    const account = await bench.account();
    await withCard(account, '4242424242424242');
    const invoiceId = await issue(account);
    simulator.webhooks.fault({ kind: 'duplicate' }, { type: 'invoice.paid' });
    await sync('events');
    await waitFor('the payment', async () => {
      await sync('events');
      return (await account.balance('receivable')) === 0n;
    });
    const [mirrored] = atStripe(invoiceId);
    expect(mirrored?.lines.data.map((one) => [one.description, one.amount])).toEqual([
      ['Calls', 333],
      ['Tokens', 667],
      ['Credit', -100],
    ]);
    expect(mirrored).toMatchObject({ status: 'paid', total: 900, description: 'Invoice INV-7' });
    await sync('events');
    expect(await account.balance('cash')).toBe(9n * NANO_PER_UNIT);
    expect(await account.standing()).toBe('good');
  });

  it('is made once though answers are lost at every step', async () => {
    const account = await bench.account();
    await withCard(account, '4242424242424242');
    const invoiceId = await issue(account);
    for (const path of [/POST \/v1\/invoices$/, /add_lines/, /finalize/]) {
      simulator.faults.plan('answerLost', { path, times: 6 });
      await sync('events');
      await worker.rows('UPDATE stripe_invoices SET next_try_at = now() WHERE invoice_id = $1', invoiceId);
      simulator.faults.clear();
    }
    await waitFor('the payment', async () => {
      await sync('events');
      return (await account.balance('receivable')) === 0n;
    });
    expect(atStripe(invoiceId)).toHaveLength(1);
    expect(atStripe(invoiceId)[0]?.lines.data).toHaveLength(3);
    expect(await account.balance('cash')).toBe(9n * NANO_PER_UNIT);
  });

  it('whose payment fails brings grace, restriction and suspension by age, and a card that pays restores all', async () => {
    const account = await bench.account();
    await withCard(account, '4000000000000341');
    await issue(account);
    const standing = (wanted: string, part: 'events' | 'sweep', days = 0) =>
      waitFor(wanted, async () => {
        await sync(part, Date.now() + days * DAY_MS);
        return (await account.standing()) === wanted;
      });
    await standing('grace', 'events');
    await standing('restricted', 'sweep', 7.1);
    await standing('suspended', 'sweep', 21.1);
    await press((await keepCard(account.context, { account: account.accountId })).url, '5555555555554444');
    await standing('good', 'events');
    expect(await account.balance('receivable')).toBe(0n);
    expect(await account.balance('cash')).toBe(9n * NANO_PER_UNIT);
  });

  it('is lowered by a credit note, and refunded as revenue given up', async () => {
    const account = await bench.account();
    await withCard(account, '4242424242424242');
    const invoiceId = await issue(account);
    await waitFor('the payment', async () => {
      await sync('events');
      return (await account.balance('receivable')) === 0n;
    });
    const shareBefore = await account.balance('publisher_share');
    const id = atStripe(invoiceId)[0]?.id ?? '';
    await bench.stripe.client.creditNotes.create({ invoice: id, amount: 400, refund_amount: 400 });
    await waitFor('the refund', async () => {
      await sync('events');
      return (await account.balance('cash')) === 5n * NANO_PER_UNIT;
    });
    expect((await account.balance('publisher_share')) - shareBefore).toBe(4n * NANO_PER_UNIT);
  });
});
