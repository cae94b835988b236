import { invoiceName } from '@parley/domain/invoices/document';
import { voidInvoice as voidIssued } from '../billing/end-invoice.ts';
import { noteMove } from '../stripe/note-move.ts';
import { defineVerb } from '../verb.ts';
import { endInput, findIssued, invoiceOut, invoiceShape } from './invoice-shape.ts';

/** Voids an invoice that was issued by mistake: it asks for nothing any more. */
export const voidInvoice = defineVerb({
  name: 'invoices.void',
  summary: 'Void an invoice that was issued by mistake and not paid. It keeps its number; what is on it is given up.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/invoices/{invoice}/void' },
  input: endInput,
  output: invoiceShape,
  async run({ tx, input, tenantId, audit }) {
    const { invoice: invoiceId, reason } = input;
    const { repeated } = await voidIssued(tx, { tenantId, invoiceId, reason, at: new Date() });
    const invoice = await findIssued(tx, tenantId, invoiceId);
    if (!repeated) {
      await noteMove(tx, invoice);
      await audit({
        subject: { kind: 'invoice', id: invoice.id, label: invoiceName(invoice.number) },
        detail: { reason },
      });
    }
    return invoiceOut(invoice);
  },
});
