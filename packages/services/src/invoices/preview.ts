import { TAX_TREATMENTS } from '@parley/contracts/billing-details';
import { percentText } from '@parley/domain/invoices/taxes';
import { invoiceWords } from '@parley/domain/invoices/words';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { previewInvoice as previewDocument } from '../billing/preview-invoice.ts';
import { findAccount } from '../billing-accounts/account-shape.ts';
import { defineVerb } from '../verb.ts';

const AS_ISSUED = { state: 'open', amountPaidNano: 0n, creditedNano: 0n, creditNotes: [] };

/** The running invoice: what would be invoiced if the month were closed now. */
export const previewInvoice = defineVerb({
  name: 'invoices.preview',
  summary: 'See what an account’s next invoice would say if its month were closed now. Nothing is stored.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing-accounts/{account}/invoice-preview' },
  input: z.object({ account: z.uuid() }),
  output: z.object({
    /** The publisher's month, `2026-11`. */
    period: z.string(),
    currency: z.string(),
    lines: z.array(z.object({ what: z.string(), where: z.string(), quantity: z.string(), amount: z.string() })),
    subtotal: z.string(),
    /** Paid by credit; below zero: would be kept as credit. */
    credit: z.string(),
    rounding: z.string(),
    taxes: z.array(
      z.object({ name: z.string(), percent: z.string(), treatment: z.enum(TAX_TREATMENTS), amount: z.string() }),
    ),
    tax: z.string(),
    total: z.string(),
  }),
  async run({ tx, input, tenantId }) {
    const account = await findAccount(tx, tenantId, input.account);
    const { month, document } = await previewDocument(tx, account, new Date());
    return {
      period: month.name,
      currency: document.currency,
      lines: [...invoiceWords(document, AS_ISSUED).lines],
      subtotal: formatAmount(document.subtotalNano),
      credit: formatAmount(document.creditNano),
      rounding: formatAmount(document.roundingNano),
      taxes: (document.taxes ?? []).map(({ name, ppm, treatment, amountNano }) => ({
        name,
        percent: percentText(ppm),
        treatment,
        amount: formatAmount(BigInt(amountNano)),
      })),
      tax: formatAmount(document.taxNano),
      total: formatAmount(document.totalNano),
    };
  },
});
