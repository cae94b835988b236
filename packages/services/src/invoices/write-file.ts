import { invoiceHtml } from '@parley/domain/invoices/html';
import { invoicePdf } from '@parley/domain/invoices/pdf';
import type { InvoiceWords } from '@parley/domain/invoices/words';

/** A document in a format, as verbs answer with files. */
export function writeFile(
  format: 'pdf' | 'html',
  name: string,
  words: InvoiceWords,
  hash: string,
): { fileName: string; contentType: string; base64: string } {
  if (format === 'html') {
    const html = Buffer.from(invoiceHtml(words, hash), 'utf8');
    return { fileName: `${name}.html`, contentType: 'text/html; charset=utf-8', base64: html.toString('base64') };
  }
  const pdf = Buffer.from(invoicePdf(words, hash));
  return { fileName: `${name}.pdf`, contentType: 'application/pdf', base64: pdf.toString('base64') };
}
