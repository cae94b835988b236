import { invoicePartiesSchema } from '@parley/contracts/invoice';
import { creditNoteName, invoiceName } from '@parley/domain/invoices/document';
import { must } from '@parley/kernel/assert';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { creditNoteShape } from '../invoices/invoice-shape.ts';
import { toPage } from '../page.ts';
import { iso, pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Credit notes that the tenant has issued or received. */
export const listCreditNotes = defineVerb({
  name: 'creditNotes.list',
  summary: 'List credit notes, issued to customers and received from publishers, newest first.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/credit-notes' },
  input: pageInput.extend({ cursor: z.uuid().optional() }),
  output: pageOf(
    creditNoteShape.extend({
      invoiceId: z.uuid(),
      invoice: z.string(),
      currency: z.string(),
      /** The tenant wrote it; otherwise it is for the tenant. */
      issued: z.boolean(),
      publisher: z.string(),
      customer: z.string(),
    }),
  ),
  async run({ tx, input, tenantId }) {
    const found = await tx.creditNote.findMany({
      where: input.cursor ? { id: { lt: input.cursor } } : {},
      orderBy: { id: 'desc' },
      take: input.limit + 1,
    });
    const { rows, nextCursor } = toPage(found, input.limit, ({ id }) => id);
    const invoices = await tx.invoice.findMany({ where: { id: { in: rows.map(({ invoiceId }) => invoiceId) } } });
    const items = rows.map((row) => {
      const invoice = must(
        invoices.find(({ id }) => id === row.invoiceId),
        'the invoice of a credit note',
      );
      const { publisher, customer } = invoicePartiesSchema.parse(invoice.parties);
      return {
        id: row.id,
        name: creditNoteName(row.number),
        amount: formatAmount(row.amountNano),
        tax: formatAmount(row.taxNano),
        offInvoice: formatAmount(row.offInvoiceNano),
        reason: row.reason,
        createdAt: iso(row.createdAt),
        invoiceId: invoice.id,
        invoice: invoiceName(invoice.number),
        currency: invoice.currency,
        issued: row.tenantId === tenantId,
        publisher: publisher.name,
        customer: customer.name,
      };
    });
    return { items, nextCursor };
  },
});
