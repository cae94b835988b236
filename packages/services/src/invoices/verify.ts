import { z } from 'zod';
import { recomputeInvoice } from '../billing/recompute-invoice.ts';
import { defineVerb } from '../verb.ts';
import { findIssued } from './invoice-shape.ts';

/** Makes an old invoice again from the ledger and compares it with what was sent, to the byte. */
export const verifyInvoice = defineVerb({
  name: 'invoices.verify',
  summary: 'Make an invoice again from the ledger and compare it with what was issued, to the byte.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/invoices/{invoice}/verification' },
  input: z.object({ invoice: z.uuid() }),
  output: z.object({
    /** SHA-256 that was noted at issue, of what is stored now, and of what the ledger says. */
    hash: z.string(),
    stored: z.string(),
    recomputed: z.string(),
    /** All three are the same. */
    holds: z.boolean(),
  }),
  async run({ tx, input, tenantId }) {
    const { id } = await findIssued(tx, tenantId, input.invoice);
    return recomputeInvoice(tx, { tenantId, invoiceId: id });
  },
});
