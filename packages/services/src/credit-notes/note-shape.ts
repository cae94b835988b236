import { createHash } from 'node:crypto';
import { type InvoiceParties, invoicePartiesSchema } from '@parley/contracts/invoice';
import type { Transaction } from '@parley/db/client';
import type { CreditNoteDocument } from '@parley/domain/invoices/credit-note';
import { Fault } from '@parley/kernel/fault';
import { findInvoice } from '../invoices/invoice-shape.ts';

/** A credit note that the open tenant has issued or received, as it was written. Throws `not_found`. */
export async function findCreditNote(tx: Transaction, tenantId: string, id: string): Promise<CreditNoteDocument> {
  const note = await tx.creditNote.findFirst({ where: { id } });
  if (!note) throw new Fault('not_found', 'There is no such credit note.');
  const invoice = await findInvoice(tx, tenantId, note.invoiceId);
  const parties: InvoiceParties = invoicePartiesSchema.parse(invoice.parties);
  return {
    number: note.number,
    invoice: invoice.number,
    currency: invoice.currency,
    parties,
    reason: note.reason,
    amountNano: note.amountNano,
    taxNano: note.taxNano,
    taxes: note.taxes as { name: string; ppm: number; amountNano: string }[],
    offInvoiceNano: note.offInvoiceNano,
    issuedAt: note.createdAt.toISOString(),
  };
}

/** SHA-256 of all that a credit note says. */
export function hashOfNote(note: CreditNoteDocument): string {
  const text = JSON.stringify(note, (_name, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
  return createHash('sha256').update(text).digest('hex');
}
