import { invoiceName } from '@parley/domain/invoices/document';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findInvoice, wordsOf } from './invoice-shape.ts';
import { writeFile } from './write-file.ts';

/** An invoice as a file, written from what was frozen and what has been paid since. */
export const downloadInvoice = defineVerb({
  name: 'invoices.download',
  summary: 'Download an invoice as PDF or HTML, as its publisher or as its customer.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/invoices/{invoice}/file' },
  input: z.object({ invoice: z.uuid(), format: z.enum(['pdf', 'html']).default('pdf') }),
  output: z.object({
    fileName: z.string(),
    contentType: z.string(),
    /** The file in Base64 (RFC 4648 §4). */
    base64: z.string(),
  }),
  async run({ tx, input, tenantId }) {
    const row = await findInvoice(tx, tenantId, input.invoice);
    return writeFile(input.format, invoiceName(row.number), await wordsOf(tx, row), row.hash);
  },
});
