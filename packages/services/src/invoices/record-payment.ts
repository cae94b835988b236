import { invoiceName } from '@parley/domain/invoices/document';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { recordPayment } from '../billing/record-payment.ts';
import { amountAbove0, nanoOf } from '../billing-accounts/account-shape.ts';
import { timeShape } from '../shapes.ts';
import { noteMove } from '../stripe/note-move.ts';
import { defineVerb } from '../verb.ts';
import { findIssued, invoiceOut, invoiceShape } from './invoice-shape.ts';

/** Records money that arrived for an invoice outside of Parley: a bank transfer. What is too much is owed back. */
export const recordInvoicePayment = defineVerb({
  name: 'invoices.recordPayment',
  summary: 'Record a payment that arrived for an invoice; one reference counts once, what is too much is owed back.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/invoices/{invoice}/payments' },
  input: z.object({
    invoice: z.uuid(),
    amount: amountAbove0,
    /** The bank's or the cheque's: the same reference on the same invoice is the same payment. */
    reference: z.string().trim().min(1, 'Say by which reference the payment is known.').max(100),
    /** When the money arrived; now, when not given. */
    paidAt: timeShape.optional(),
  }),
  output: invoiceShape.extend({ excess: z.string() }),
  async run({ tx, input, tenantId, audit }) {
    const before = await findIssued(tx, tenantId, input.invoice);
    const { excessNano, repeated } = await recordPayment(tx, {
      tenantId,
      accountId: before.billingAccountId,
      key: `manual:${before.id}:${input.reference}`,
      amountNano: nanoOf(input.amount),
      invoiceId: before.id,
      note: input.reference,
      ...(input.paidAt ? { occurredAt: new Date(input.paidAt) } : {}),
    });
    if (!repeated) {
      await noteMove(tx, before);
      const { amount, reference, paidAt } = input;
      await audit({
        subject: { kind: 'invoice', id: before.id, label: invoiceName(before.number) },
        detail: { amount, currency: before.currency, reference, paidAt, excess: formatAmount(excessNano) },
      });
    }
    return { ...invoiceOut(await findIssued(tx, tenantId, before.id)), excess: formatAmount(excessNano) };
  },
});
