import type { Transaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';

export interface InvoiceableLine {
  readonly subscriptionId: string;
  readonly period: string;
  readonly line: string;
  readonly quantity: bigint;
  readonly amountNano: bigint;
  readonly rated: Prisma.JsonValue;
  /** Number of the invoice that its month was on. */
  readonly adjusts: number | null;
}

/** Which invoice is (or was) made: of what account, for which month, from the ledger up to where. */
export interface InvoicePlace {
  readonly tenantId: string;
  readonly accountId: string;
  readonly period: string;
  readonly sequence: bigint;
}

/**
 * What belongs on an account's invoice for a month: all that was accrued for it and for months before, up to a place in the
 * ledger, and was on no invoice of a month before. Lines of the month come first, then corrections, oldest month first. The
 * same place gives the same lines for ever, as accruals are only appended to.
 */
export function invoiceableLines(tx: Transaction, place: InvoicePlace): Promise<InvoiceableLine[]> {
  const { tenantId, accountId, period, sequence } = place;
  return tx.$queryRaw<InvoiceableLine[]>`
    SELECT l.subscription_id AS "subscriptionId", l.period, l.line, sum(l.quantity)::bigint AS quantity,
      sum(l.amount_nano)::bigint AS "amountNano", (array_agg(l.rated ORDER BY t.sequence DESC, l.position DESC))[1] AS rated,
      (SELECT i.number FROM invoices i WHERE i.tenant_id = ${tenantId}::uuid AND i.billing_account_id = ${accountId}::uuid
        AND i.period = l.period AND l.period < ${period}) AS adjusts
    FROM accrual_lines l JOIN ledger_transactions t ON t.tenant_id = l.tenant_id AND t.id = l.transaction_id
    WHERE l.tenant_id = ${tenantId}::uuid AND l.billing_account_id = ${accountId}::uuid
      AND l.period <= ${period} AND t.sequence <= ${sequence}
      AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.tenant_id = l.tenant_id AND i.billing_account_id = l.billing_account_id
        AND i.period < ${period} AND l.period <= i.period AND t.sequence <= i.ledger_sequence)
    GROUP BY l.subscription_id, l.period, l.line
    HAVING sum(l.amount_nano) <> 0 OR (l.period = ${period} AND sum(l.quantity) <> 0)
    ORDER BY l.period <> ${period}, l.period, l.subscription_id, l.line COLLATE "C"`;
}

/** What was used in a month and before and neither credit nor an invoice has paid, up to a place in the ledger. */
export async function unbilledUpTo(tx: Transaction, place: InvoicePlace): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ sum: bigint }[]>`
    SELECT coalesce(sum(e.amount_nano), 0)::bigint AS sum
    FROM ledger_entries e JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
    WHERE e.tenant_id = ${place.tenantId}::uuid AND e.billing_account_id = ${place.accountId}::uuid
      AND e.account = 'unbilled' AND e.period <= ${place.period} AND t.sequence <= ${place.sequence}`;
  return row?.sum ?? 0n;
}

/** The next number of a publisher's documents of a kind; held until the transaction ends, and given back if it fails. */
export async function nextNumber(tx: Transaction, tenantId: string, kind: 'invoice' | 'credit_note'): Promise<number> {
  const [row] = await tx.$queryRaw<{ last: number }[]>`
    INSERT INTO document_counters (tenant_id, kind, last) VALUES (${tenantId}::uuid, ${kind}, 1)
    ON CONFLICT (tenant_id, kind) DO UPDATE SET last = document_counters.last + 1 RETURNING last`;
  return row?.last ?? 1;
}

/** Adds to what was paid for an invoice or taken off it; it counts as paid once nothing is due. Unknown invoices are left out. */
export async function settleInvoice(
  tx: Transaction,
  part: { tenantId: string; invoiceId: string; paidNano?: bigint; creditedNano?: bigint; at: Date },
): Promise<void> {
  const { tenantId, invoiceId, paidNano = 0n, creditedNano = 0n, at } = part;
  await tx.$executeRaw`
    WITH settled AS (
      SELECT id, state IN ('open', 'uncollectible') AND total_nano = amount_paid_nano + credited_nano + ${paidNano + creditedNano}::bigint AS done
      FROM invoices WHERE tenant_id = ${tenantId}::uuid AND id = ${invoiceId}::uuid)
    UPDATE invoices i SET amount_paid_nano = amount_paid_nano + ${paidNano}::bigint, credited_nano = credited_nano + ${creditedNano}::bigint,
      state = CASE WHEN done THEN 'paid' ELSE state END, paid_at = CASE WHEN done THEN ${at}::timestamptz ELSE paid_at END
    FROM settled WHERE i.tenant_id = ${tenantId}::uuid AND i.id = settled.id`;
}
