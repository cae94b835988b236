import type { Transaction } from '@parley/db/client';
import { invoiceableLines, unbilledUpTo } from '@parley/db/repositories/invoices';
import type { InvoiceDocument } from '@parley/domain/invoices/document';
import { type BillingMonth, billingMonth } from '@parley/domain/rating/billing-month';
import { partiesOf } from './invoice-parties.ts';
import { frozenLine, sumsOf } from './invoice-sums.ts';

export interface PreviewedAccount {
  readonly tenantId: string;
  readonly id: string;
  readonly consumerTenantId: string;
  readonly currency: string;
}

/**
 * What an account's next invoice would say if its month were closed now: the month before this one until it is closed, then this
 * one. Reads what is booked and stores nothing; in the publisher's scope or the customer's. Its number is 0.
 */
export async function previewInvoice(
  tx: Transaction,
  account: PreviewedAccount,
  now: Date,
): Promise<{ month: BillingMonth; document: InvoiceDocument }> {
  const { tenantId, id: accountId, currency } = account;
  const { timezone } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timezone: true } });
  const { ledgerSequence: sequence } = await tx.billingAccount.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: accountId } },
    select: { ledgerSequence: true },
  });
  const current = billingMonth(now.getTime(), timezone);
  const before = billingMonth(current.period.startMs - 1, timezone);
  const closed = await tx.invoice.findFirst({
    where: { tenantId, billingAccountId: accountId, period: before.name },
    select: { id: true },
  });
  const place = { tenantId, accountId, sequence };
  const late = closed ? [] : await invoiceableLines(tx, { ...place, period: before.name });
  const month = late.length > 0 ? before : current;
  const found = late.length > 0 ? late : await invoiceableLines(tx, { ...place, period: current.name });
  const lines = found.map(frozenLine);
  const unbilledNano = await unbilledUpTo(tx, { ...place, period: month.name });
  const { parties, taxes } = await partiesOf(tx, account, lines);
  return {
    month,
    document: {
      number: 0,
      period: month.name,
      currency,
      parties,
      lines,
      ...sumsOf({ lines, unbilledNano, currency, taxes }),
      issuedAt: now.toISOString(),
      dueAt: now.toISOString(),
    },
  };
}
