import { INVOICE_STATES } from '@parley/contracts/invoice';
import { z } from 'zod';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { invoiceShape, readInvoices } from './invoice-shape.ts';

/** Invoices that the tenant has received from publishers. */
export const mineInvoices = defineVerb({
  name: 'invoices.mine',
  summary: 'List the invoices the tenant has received, newest first.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/billing/invoices' },
  input: pageInput.extend({
    account: z.uuid().optional(),
    state: z.enum(INVOICE_STATES).optional(),
    cursor: z.uuid().optional(),
  }),
  output: pageOf(invoiceShape),
  run: ({ tx, input, tenantId }) =>
    readInvoices(tx, {
      side: { consumerTenantId: tenantId },
      limit: input.limit,
      ...(input.account ? { accountId: input.account } : {}),
      ...(input.state ? { state: input.state } : {}),
      ...(input.cursor ? { before: input.cursor } : {}),
    }),
});
