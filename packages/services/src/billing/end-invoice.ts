import type { Transaction } from '@parley/db/client';
import { invoiceName } from '@parley/domain/invoices/document';
import { Fault } from '@parley/kernel/fault';
import { platformShareOf, taxInGivenBack } from './give-back.ts';
import { openAccount, post } from './post.ts';
import { shares } from './post-accrual.ts';

export interface InvoiceEnd {
  readonly tenantId: string;
  readonly invoiceId: string;
  /** Shown to both sides. */
  readonly reason: string;
  readonly at: Date;
}

async function openForEnd(tx: Transaction, { tenantId, invoiceId }: InvoiceEnd) {
  const where = { tenantId_id: { tenantId, id: invoiceId } };
  const found = await tx.invoice.findUnique({ where, select: { billingAccountId: true } });
  if (!found) throw new Fault('not_found', 'There is no such invoice among those you have issued.');
  const account = await openAccount(tx, tenantId, found.billingAccountId);
  const invoice = await tx.invoice.findUniqueOrThrow({ where });
  return { account, invoice, dueNano: invoice.totalNano - invoice.amountPaidNano - invoice.creditedNano };
}

/**
 * Voids an invoice that was issued by mistake and of which nothing was paid: what it asks for is given up, with its tax. Its number
 * stays, and what is on it is on no other invoice. A repeat changes nothing. Throws `not_found`, or `invalid_state` for one that is
 * not open or was paid in part.
 */
export async function voidInvoice(tx: Transaction, end: InvoiceEnd): Promise<{ repeated: boolean }> {
  const { account, invoice, dueNano } = await openForEnd(tx, end);
  if (invoice.state === 'void') return { repeated: true };
  if (invoice.state !== 'open' || invoice.amountPaidNano > 0n) {
    throw new Fault(
      'invalid_state',
      'Only an open invoice of which nothing was paid can be voided. Write a credit note.',
    );
  }
  const { tenantId, id: invoiceId } = invoice;
  const taxNano = await taxInGivenBack(tx, invoice, dueNano);
  const given = shares(dueNano - taxNano, await platformShareOf(tx, invoice));
  await post(tx, account, {
    kind: 'void_invoice',
    key: `void-invoice:${invoiceId}`,
    occurredAt: end.at,
    note: `${invoiceName(invoice.number)}: ${end.reason}`,
    entries: [
      ...given.map((entry) => ({ ...entry, invoiceId })),
      { account: 'tax', amountNano: taxNano, invoiceId },
      { account: 'receivable', amountNano: -dueNano, invoiceId },
    ],
  });
  await tx.invoice.update({
    where: { tenantId_id: { tenantId, id: invoiceId } },
    data: { state: 'void', endedAt: end.at, endReason: end.reason },
    select: { id: true },
  });
  return { repeated: false };
}

/**
 * Gives up what is due on an invoice as not collectible: from receivable to `write_off`. Its tax stays owed, and a payment that comes
 * after all still counts. A repeat changes nothing. Throws `not_found`, or `invalid_state` for one that is not open.
 */
export async function writeOffInvoice(tx: Transaction, end: InvoiceEnd): Promise<{ repeated: boolean }> {
  const { account, invoice, dueNano } = await openForEnd(tx, end);
  if (invoice.state === 'uncollectible') return { repeated: true };
  if (invoice.state !== 'open') throw new Fault('invalid_state', 'Only an open invoice can be written off.');
  const { tenantId, id: invoiceId } = invoice;
  await post(tx, account, {
    kind: 'write_off',
    key: `write-off:${invoiceId}`,
    occurredAt: end.at,
    note: `${invoiceName(invoice.number)}: ${end.reason}`,
    entries: [
      { account: 'write_off', amountNano: dueNano, invoiceId },
      { account: 'receivable', amountNano: -dueNano, invoiceId },
    ],
  });
  await tx.invoice.update({
    where: { tenantId_id: { tenantId, id: invoiceId } },
    data: { state: 'uncollectible', endedAt: end.at, endReason: end.reason },
    select: { id: true },
  });
  return { repeated: false };
}
