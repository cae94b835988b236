import { invoiceName } from '@parley/domain/invoices/document';
import { invoiceHtml } from '@parley/domain/invoices/html';
import { invoicePdf } from '@parley/domain/invoices/pdf';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findInvoice, wordsOf } from './invoice-shape.ts';

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
    const words = await wordsOf(tx, row);
    const name = invoiceName(row.number);
    if (input.format === 'html') {
      const html = Buffer.from(invoiceHtml(words, row.hash), 'utf8');
      return { fileName: `${name}.html`, contentType: 'text/html; charset=utf-8', base64: html.toString('base64') };
    }
    const pdf = Buffer.from(invoicePdf(words, row.hash));
    return { fileName: `${name}.pdf`, contentType: 'application/pdf', base64: pdf.toString('base64') };
  },
});
