import type { InvoiceTax } from '@parley/contracts/billing-details';
import type { InvoiceLine, InvoiceParties } from '@parley/contracts/invoice';
import type { Transaction } from '@parley/db/client';
import { invoiceableLines, unbilledUpTo } from '@parley/db/repositories/invoices';
import type { InvoiceDocument } from '@parley/domain/invoices/document';
import { Fault } from '@parley/kernel/fault';
import { frozenLine, hashOfDocument, sumsOf } from './invoice-sums.ts';

/** A stored invoice as the document that was frozen. */
export function documentOf(row: {
  number: number;
  period: string;
  currency: string;
  parties: unknown;
  lines: unknown;
  taxes: unknown;
  subtotalNano: bigint;
  creditNano: bigint;
  roundingNano: bigint;
  taxNano: bigint;
  totalNano: bigint;
  issuedAt: Date;
  dueAt: Date;
}): InvoiceDocument {
  return {
    number: row.number,
    period: row.period,
    currency: row.currency,
    parties: row.parties as InvoiceParties,
    lines: row.lines as InvoiceLine[],
    subtotalNano: row.subtotalNano,
    creditNano: row.creditNano,
    roundingNano: row.roundingNano,
    taxNano: row.taxNano,
    totalNano: row.totalNano,
    ...(row.taxes === null ? {} : { taxes: row.taxes as InvoiceTax[] }),
    issuedAt: row.issuedAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
  };
}

/**
 * Makes an old invoice again from the ledger, up to the place where it was read then (names, dates and rates as they were), and
 * compares hashes: of what is stored and of what the ledger says. Throws `not_found`.
 */
export async function recomputeInvoice(
  tx: Transaction,
  asked: { readonly tenantId: string; readonly invoiceId: string },
): Promise<{ hash: string; stored: string; recomputed: string; holds: boolean }> {
  const { tenantId, invoiceId } = asked;
  const row = await tx.invoice.findUnique({ where: { tenantId_id: { tenantId, id: invoiceId } } });
  if (!row) throw new Fault('not_found', 'There is no such invoice.');
  const place = {
    tenantId,
    accountId: row.billingAccountId,
    period: row.period,
    sequence: row.ledgerSequence,
  };
  const lines = (await invoiceableLines(tx, place)).map(frozenLine);
  const { taxes = [], ...frozen } = documentOf(row);
  const unbilledNano = await unbilledUpTo(tx, place);
  const again = { ...frozen, lines, ...sumsOf({ lines, unbilledNano, currency: row.currency, taxes }) };
  const stored = hashOfDocument(documentOf(row));
  const recomputed = hashOfDocument(again);
  return { hash: row.hash, stored, recomputed, holds: row.hash === stored && row.hash === recomputed };
}
