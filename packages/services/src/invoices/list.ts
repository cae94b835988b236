import { INVOICE_STATES } from '@parley/contracts/invoice';
import { z } from 'zod';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { invoiceShape, readInvoices } from './invoice-shape.ts';

/** Invoices that the tenant has issued to customers of its APIs. */
export const listInvoices = defineVerb({
  name: 'invoices.list',
  summary: 'List the invoices the tenant has issued, newest first.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/invoices' },
  input: pageInput.extend({
    account: z.uuid().optional(),
    state: z.enum(INVOICE_STATES).optional(),
    cursor: z.uuid().optional(),
  }),
  output: pageOf(invoiceShape),
  run: ({ tx, input, tenantId }) =>
    readInvoices(tx, {
      side: { tenantId },
      limit: input.limit,
      ...(input.account ? { accountId: input.account } : {}),
      ...(input.state ? { state: input.state } : {}),
      ...(input.cursor ? { before: input.cursor } : {}),
    }),
});
