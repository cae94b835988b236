import type { InvoiceParties } from '@parley/contracts/invoice';
import type { Nano } from '@parley/kernel/money';
import { creditNoteName, invoiceName } from './document.ts';
import { amountText, type InvoiceWords, partyText, profileNotes, taxText } from './words.ts';

/** All that a credit note says; nothing of it ever changes. */
export interface CreditNoteDocument {
  readonly number: number;
  /** Number of the invoice it is for. */
  readonly invoice: number;
  readonly currency: string;
  /** As they were on the invoice. */
  readonly parties: InvoiceParties;
  readonly reason: string;
  /** Tax included. */
  readonly amountNano: Nano;
  readonly taxNano: Nano;
  readonly taxes: readonly { readonly name: string; readonly ppm: number; readonly amountNano: string }[];
  /** How much of it lowers what the invoice asks for. */
  readonly offInvoiceNano: Nano;
  readonly issuedAt: string;
}

/** Says a credit note in rows of text, for whatever it is written as. */
export function creditNoteWords(note: CreditNoteDocument): InvoiceWords {
  const { currency, parties } = note;
  const money = (nano: Nano): string => `${amountText(nano)} ${currency}`;
  const netNano = note.amountNano - note.taxNano;
  const owedNano = note.amountNano - note.offInvoiceNano;
  const taxed = note.taxes.length > 0;
  return {
    title: `Credit note ${creditNoteName(note.number)}`,
    facts: [
      ['From', partyText(parties.publisher)],
      ['To', partyText(parties.customer)],
      ['For', `Invoice ${invoiceName(note.invoice)}`],
      ['Issued', note.issuedAt.slice(0, 10)],
    ],
    lines: [{ what: note.reason, where: '', quantity: '', amount: amountText(netNano) }],
    sums: [
      ...(taxed ? [['Net', money(netNano)] as const] : []),
      ...note.taxes.map((tax) => [taxText(tax), money(BigInt(tax.amountNano))] as const),
      ['Total', money(note.amountNano)],
    ],
    notes: [
      ...(note.offInvoiceNano > 0n ? [`${money(note.offInvoiceNano)} of it lowers what the invoice asks for.`] : []),
      ...(owedNano > 0n ? [`${money(owedNano)} of it was paid already and is owed back.`] : []),
      ...profileNotes(parties.publisher.details, false),
    ],
  };
}
