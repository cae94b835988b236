import type { StandingCheck } from './standing-check.ts';

/** What must hold between invoices and the ledger. */
export const INVOICE_CHECKS: readonly StandingCheck[] = [
  {
    name: 'invoices-lines',
    title: 'Invoices ask for the sum of their lines',
    meaning: 'An invoice’s lines and its subtotal differ. Do not ask for its payment until it is understood.',
    sql: `
      SELECT i.tenant_id, i.id::text AS subject, NULL::timestamptz AS about,
        format('The subtotal is %s nano, its lines sum to %s.', i.subtotal_nano, coalesce(lines.amount, 0)) AS detail
      FROM invoices i
      LEFT JOIN LATERAL (SELECT sum((line ->> 'amountNano')::numeric) AS amount FROM jsonb_array_elements(i.lines) AS line) AS lines ON true
      WHERE i.issued_at >= $1 AND coalesce(lines.amount, 0) <> i.subtotal_nano`,
  },
  {
    name: 'invoices-receivable',
    title: 'What invoices have due is what the ledger says is receivable',
    meaning: 'A payment or a credit note was booked on one side only.',
    sql: `
      SELECT i.tenant_id, i.id::text AS subject, NULL::timestamptz AS about,
        format('%s nano are due on it, which is %s; %s are receivable, %s are written off.',
          i.total_nano - i.amount_paid_nano - i.credited_nano, i.state, coalesce(b.amount_nano, 0), given_up.amount) AS detail
      FROM invoices i LEFT JOIN ledger_balances b ON b.tenant_id = i.tenant_id AND b.billing_account_id = i.billing_account_id
        AND b.account = 'receivable' AND b.item = i.id::text
      CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount_nano), 0) AS amount FROM ledger_entries e
        WHERE i.ended_at IS NOT NULL AND e.tenant_id = i.tenant_id AND e.billing_account_id = i.billing_account_id
          AND e.account = 'write_off' AND e.invoice_id = i.id) AS given_up
      WHERE $1::timestamptz IS NOT NULL AND i.state <> 'draft'
        AND (CASE WHEN i.state = 'void' THEN 0 ELSE i.total_nano - i.amount_paid_nano - i.credited_nano END
            <> coalesce(b.amount_nano, 0) + given_up.amount
          OR i.state = 'uncollectible' AND coalesce(b.amount_nano, 0) <> 0)`,
  },
  {
    name: 'invoices-booked',
    title: 'Invoices ask for what was booked when they were issued, tax included',
    meaning:
      'An invoice and the ledger disagree on what it asks for. Do not ask for its payment until it is understood.',
    sql: `
      SELECT i.tenant_id, i.id::text AS subject, NULL::timestamptz AS about,
        format('It asks for %s nano with %s of tax in it, its rates come to %s; %s and %s were booked.',
          i.total_nano, i.tax_nano, rates.amount, booked.total, booked.tax) AS detail
      FROM invoices i
      CROSS JOIN LATERAL (SELECT coalesce(sum((tax ->> 'amountNano')::numeric), 0) AS amount
        FROM jsonb_array_elements(coalesce(i.taxes, '[]')) AS tax) AS rates
      CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount_nano) FILTER (WHERE e.account = 'receivable'), 0) AS total,
          coalesce(-sum(e.amount_nano) FILTER (WHERE e.account = 'tax'), 0) AS tax
        FROM ledger_entries e JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
        WHERE e.tenant_id = i.tenant_id AND e.billing_account_id = i.billing_account_id AND e.account IN ('receivable', 'tax')
          AND e.invoice_id = i.id AND t.kind = 'invoice') AS booked
      WHERE i.issued_at >= $1 AND (rates.amount <> i.tax_nano OR booked.total <> i.total_nano OR booked.tax <> i.tax_nano)`,
  },
  {
    name: 'invoices-numbers',
    title: 'Invoices are numbered without gaps',
    meaning: 'An invoice was removed, or its number was never used.',
    sql: `
      SELECT tenant_id, 'numbers' AS subject, NULL::timestamptz AS about,
        format('There are %s invoices, the last is number %s.', count(*), max(number)) AS detail
      FROM invoices WHERE $1::timestamptz IS NOT NULL GROUP BY tenant_id HAVING count(*) <> max(number) OR min(number) <> 1`,
  },
];
