import { type InvoiceDocument, invoiceName } from '@parley/domain/invoices/document';
import { invoiceWords, monthText, taxText } from '@parley/domain/invoices/words';
import type { BillingMonth } from '@parley/domain/rating/billing-month';
import type { InvoiceDocument as MirroredDocument } from '../stripe/invoice-document.ts';

/** Lines that are mirrored one by one; of an invoice with more, their sum. */
const MOST_LINES = 4_000;
const AS_ISSUED = { state: 'open', amountPaidNano: 0n, creditedNano: 0n, creditNotes: [] };

/** An invoice as it is to appear at Stripe: lines that sum to its total, what credit paid, rounding and tax among them. `plans`: each subscription's, where a line does not say. */
export function mirrorDocument(
  document: InvoiceDocument,
  { period }: BillingMonth,
  plans: ReadonlyMap<string, string> = new Map(),
): MirroredDocument {
  const place = {
    periodStart: new Date(period.startMs).toISOString(),
    periodEnd: new Date(period.endMs).toISOString(),
  };
  const words = invoiceWords(document, AS_ISSUED).lines;
  const each = document.lines.map(({ amountNano, rated, subscriptionId }, at) => {
    const planId = typeof rated['planId'] === 'string' ? rated['planId'] : plans.get(subscriptionId);
    return {
      description: [words[at]?.what, words[at]?.where].filter(Boolean).join(' · '),
      amountNano,
      ...(planId === undefined ? {} : { planId }),
    };
  });
  const all =
    each.length > MOST_LINES
      ? [{ description: `Use in ${monthText(document.period)}`, amountNano: document.subtotalNano.toString() }]
      : each;
  const lines = [
    ...all,
    { description: 'Paid by credit', amountNano: (-document.creditNano).toString() },
    { description: 'Rounding', amountNano: document.roundingNano.toString() },
    ...(document.taxes ?? []).map((tax) => ({ description: taxText(tax), amountNano: tax.amountNano })),
  ].filter(({ amountNano }) => amountNano !== '0');
  return {
    number: invoiceName(document.number),
    currency: document.currency,
    lines: lines.map((line) => ({ ...line, ...place })),
  };
}
