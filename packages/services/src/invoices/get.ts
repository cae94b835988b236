import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { creditNoteShape, findInvoice, invoiceOut, invoiceShape, readCreditNotes, wordsOf } from './invoice-shape.ts';

/** One invoice with its lines and credit notes, for its publisher and its customer. */
export const getInvoice = defineVerb({
  name: 'invoices.get',
  summary: 'Read one invoice with its lines, as its publisher or as its customer.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/invoices/{invoice}' },
  input: z.object({ invoice: z.uuid() }),
  output: invoiceShape.extend({
    lines: z.array(
      z.object({
        what: z.string(),
        /** The subscription: API, plan and application. */
        where: z.string(),
        quantity: z.string(),
        amount: z.string(),
      }),
    ),
    creditNotes: z.array(creditNoteShape),
  }),
  async run({ tx, input, tenantId }) {
    const row = await findInvoice(tx, tenantId, input.invoice);
    const { lines } = await wordsOf(tx, row);
    return { ...invoiceOut(row), lines: [...lines], creditNotes: await readCreditNotes(tx, row) };
  },
});
