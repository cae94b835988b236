import { invoiceName } from '@parley/domain/invoices/document';
import { writeOffInvoice as writeOffIssued } from '../billing/end-invoice.ts';
import { noteMove } from '../stripe/note-move.ts';
import { defineVerb } from '../verb.ts';
import { endInput, findIssued, invoiceOut, invoiceShape } from './invoice-shape.ts';

/** Gives up what is due on an invoice; a payment that comes after all still counts. */
export const writeOffInvoice = defineVerb({
  name: 'invoices.writeOff',
  summary: 'Give up what is due on an invoice as not collectible. A payment that comes after all still counts.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/invoices/{invoice}/write-off' },
  input: endInput,
  output: invoiceShape,
  async run({ tx, input, tenantId, audit }) {
    const { invoice: invoiceId, reason } = input;
    const { repeated } = await writeOffIssued(tx, { tenantId, invoiceId, reason, at: new Date() });
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
