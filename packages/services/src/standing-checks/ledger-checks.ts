import type { StandingCheck } from './standing-check.ts';

/** Accounts something was booked on since `$1`: only their books can have changed. */
const TOUCHED = `
  SELECT DISTINCT tenant_id, billing_account_id FROM ledger_transactions WHERE booked_at >= $1`;

/** Which item of an account an entry belongs to, as `ledger_balances` names it. */
const ITEM = `coalesce(grant_id::text,
  CASE account WHEN 'unbilled' THEN period WHEN 'receivable' THEN coalesce(invoice_id::text, '') ELSE '' END)`;

/** What must hold within the ledger. The database refuses all of it at once; these look whether it really did. */
export const LEDGER_CHECKS: readonly StandingCheck[] = [
  {
    name: 'ledger-sums-to-zero',
    title: 'Every booking sums to zero',
    meaning:
      'Money appeared or vanished in a booking. Nothing may be invoiced from this account until it is understood.',
    sql: `
      SELECT e.tenant_id, e.transaction_id::text AS subject, min(t.booked_at) AS about,
        format('Its entries sum to %s nano %s.', sum(e.amount_nano), e.currency) AS detail
      FROM ledger_entries e JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
      WHERE t.booked_at >= $1 GROUP BY e.tenant_id, e.transaction_id, e.currency HAVING sum(e.amount_nano) <> 0`,
  },
  {
    name: 'ledger-complete',
    title: 'No booking of an account is missing',
    meaning: 'Bookings are numbered in the order they were made, and one is gone or was never counted.',
    sql: `
      SELECT a.tenant_id, a.id::text AS subject, NULL::timestamptz AS about,
        format('%s bookings were made, %s are there, the last is number %s.', a.ledger_sequence, count(t.id), max(t.sequence)) AS detail
      FROM (${TOUCHED}) AS touched JOIN billing_accounts a ON a.tenant_id = touched.tenant_id AND a.id = touched.billing_account_id
      JOIN ledger_transactions t ON t.tenant_id = a.tenant_id AND t.billing_account_id = a.id
      GROUP BY a.tenant_id, a.id, a.ledger_sequence
      HAVING count(t.id) <> a.ledger_sequence OR max(t.sequence) <> a.ledger_sequence`,
  },
  {
    name: 'ledger-balances',
    title: 'Balances equal the sums of their bookings',
    meaning: 'A balance that people see, or that decides over credit, is wrong.',
    sql: `
      WITH touched AS (${TOUCHED}), sums AS (
        SELECT e.tenant_id, e.billing_account_id, e.account, ${ITEM} AS item, sum(e.amount_nano) AS booked
        FROM touched JOIN ledger_entries e USING (tenant_id, billing_account_id) GROUP BY 1, 2, 3, 4
      ), kept AS (
        SELECT b.tenant_id, b.billing_account_id, b.account, b.item, b.amount_nano AS balance
        FROM touched JOIN ledger_balances b USING (tenant_id, billing_account_id)
      )
      SELECT tenant_id, concat_ws(' ', billing_account_id, account, nullif(item, '')) AS subject, NULL::timestamptz AS about,
        format('The balance is %s nano, its bookings sum to %s.', coalesce(balance, 0), coalesce(booked, 0)) AS detail
      FROM sums FULL JOIN kept USING (tenant_id, billing_account_id, account, item)
      WHERE coalesce(balance, 0) <> coalesce(booked, 0)`,
  },
  {
    name: 'credit-never-overdrawn',
    title: 'No credit was spent that was not there',
    meaning: 'More was taken from a credit than was given, or something is left of one that has ended.',
    sql: `
      SELECT g.tenant_id, g.id::text AS subject, NULL::timestamptz AS about,
        format('%s nano were given, %s are left.', g.amount_nano, -b.amount_nano) AS detail
      FROM (${TOUCHED}) AS touched JOIN credit_grants g ON g.tenant_id = touched.tenant_id AND g.billing_account_id = touched.billing_account_id
      JOIN ledger_balances b ON b.tenant_id = g.tenant_id AND b.billing_account_id = g.billing_account_id AND b.item = g.id::text
      WHERE b.amount_nano > 0 OR -b.amount_nano > g.amount_nano OR (g.ended_at IS NOT NULL AND b.amount_nano <> 0)`,
  },
  {
    name: 'accruals-booked',
    title: 'What was rated is what was booked',
    meaning: 'The lines an invoice will show and the amount that was booked for them differ.',
    sql: `
      SELECT t.tenant_id, t.id::text AS subject, t.booked_at AS about,
        format('Its lines sum to %s nano, %s were booked.', coalesce(lines.amount, 0), coalesce(entries.amount, 0)) AS detail
      FROM ledger_transactions t
      LEFT JOIN LATERAL (SELECT sum(l.amount_nano) AS amount FROM accrual_lines l WHERE l.tenant_id = t.tenant_id AND l.transaction_id = t.id) AS lines ON true
      LEFT JOIN LATERAL (SELECT sum(e.amount_nano) AS amount FROM ledger_entries e
        WHERE e.tenant_id = t.tenant_id AND e.transaction_id = t.id AND e.account = 'unbilled') AS entries ON true
      WHERE t.kind = 'accrual' AND t.booked_at >= $1 AND coalesce(lines.amount, 0) <> coalesce(entries.amount, 0)`,
  },
];
