import { invoiceHtml } from '@parley/domain/invoices/html';
import { invoicePdf } from '@parley/domain/invoices/pdf';
import type { StatementDocument } from '@parley/domain/statements/document';
import { type StatementNames, statementWords } from '@parley/domain/statements/words';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { monthShape } from '../costs/month-range.ts';
import { cell } from '../text/csv-cell.ts';
import { defineVerb } from '../verb.ts';
import { readStatement } from './read.ts';
import { hashOfStatement, namesOfStatement } from './statement-shape.ts';

const TYPES = { html: 'text/html; charset=utf-8', pdf: 'application/pdf', csv: 'text/csv; charset=utf-8' } as const;

/** A statement as a file. */
export const downloadStatement = defineVerb({
  name: 'statements.download',
  summary: 'Download the statement of a month as PDF, HTML or CSV.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/statements/{month}/file' },
  input: z.object({ month: monthShape, format: z.enum(['pdf', 'html', 'csv']).default('pdf') }),
  output: z.object({
    fileName: z.string(),
    contentType: z.string(),
    /** The file in Base64 (RFC 4648 §4). */
    base64: z.string(),
  }),
  async run({ tx, input: { month, format }, tenantId }) {
    const document = await readStatement(tx, { tenantId, month, nowMs: Date.now() });
    const names = await namesOfStatement(tx, tenantId, document);
    return {
      fileName: `statement-${month}.${format}`,
      contentType: TYPES[format],
      base64: Buffer.from(fileOf(document, names, format)).toString('base64'),
    };
  },
});

function fileOf(document: StatementDocument, names: StatementNames, format: keyof typeof TYPES): string | Uint8Array {
  if (format === 'csv') return csvOf(document, names);
  const words = statementWords(document, names);
  const hash = hashOfStatement(document);
  return format === 'pdf' ? invoicePdf(words, hash) : invoiceHtml(words, hash);
}

const HEADER = ['month', 'line', 'used_in', 'api', 'plan', 'amount', 'currency'];

/** Opening balance, a line for each movement, closing balance: the amounts between them give the last. */
function csvOf(
  { month, currency, openingNano, lines, closingNano }: StatementDocument,
  { called }: StatementNames,
): string {
  const nameOf = (id: string | null): string | null => (id === null ? null : (called.get(id) ?? id));
  const rows = [
    { line: 'opening', amountNano: openingNano },
    ...lines.map(({ kind, ...line }) => ({ line: kind, ...line })),
    { line: 'closing', amountNano: closingNano },
  ].map((row) => {
    const { usedIn = null, apiId = null, planId = null } = 'usedIn' in row ? row : {};
    const texts = [month, row.line, usedIn, nameOf(apiId), nameOf(planId)].map(cell);
    // An amount below zero begins with its sign, and is no text that somebody chose.
    return [...texts, formatAmount(row.amountNano), currency];
  });
  return [HEADER, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
