import type { Transaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';

/** An account whose row is locked: nothing else posts to its ledger until the transaction ends. */
export interface LockedAccount {
  readonly tenantId: string;
  readonly id: string;
  readonly consumerTenantId: string;
  readonly currency: string;
}

/** Takes an account's lock; `null` where there is none (or row-level security hides it). */
export async function lockAccount(tx: Transaction, tenantId: string, accountId: string): Promise<LockedAccount | null> {
  const rows = await tx.$queryRaw<LockedAccount[]>`
    SELECT tenant_id AS "tenantId", id, consumer_tenant_id AS "consumerTenantId", currency FROM billing_accounts
    WHERE tenant_id = ${tenantId}::uuid AND id = ${accountId}::uuid FOR NO KEY UPDATE`;
  return rows[0] ?? null;
}

/** The number of the account's next transaction. */
export async function nextSequence(tx: Transaction, account: LockedAccount): Promise<bigint> {
  const row = await tx.billingAccount.update({
    where: { tenantId_id: { tenantId: account.tenantId, id: account.id } },
    data: { ledgerSequence: { increment: 1 } },
    select: { ledgerSequence: true },
  });
  return row.ledgerSequence;
}

export interface LiveGrant {
  readonly id: string;
  readonly kind: 'promotional' | 'purchased';
  readonly priority: number;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  /** Nano-units not spent yet. */
  readonly remainingNano: bigint;
}

/** Grants of an account that have not ended, spent ones included. */
export function liveGrants(tx: Transaction, account: { tenantId: string; id: string }): Promise<LiveGrant[]> {
  return tx.$queryRaw<LiveGrant[]>`
    SELECT g.id, g.kind::text AS kind, g.priority, g.expires_at AS "expiresAt", g.created_at AS "createdAt",
      coalesce(-b.amount_nano, 0)::bigint AS "remainingNano"
    FROM credit_grants g
    LEFT JOIN ledger_balances b ON b.tenant_id = g.tenant_id AND b.billing_account_id = g.billing_account_id
      AND b.account IN ('credit_purchased', 'credit_promotional') AND b.item = g.id::text
    WHERE g.tenant_id = ${account.tenantId}::uuid AND g.billing_account_id = ${account.id}::uuid AND g.ended_at IS NULL`;
}

/** Credit left to spend, in nano-units: of grants that have neither ended nor run out. */
export async function creditOf(tx: Transaction, account: { tenantId: string; id: string }): Promise<bigint> {
  const grants = await liveGrants(tx, account);
  const now = Date.now();
  return grants.reduce(
    (sum, { expiresAt, remainingNano }) =>
      expiresAt === null || expiresAt.getTime() > now ? sum + remainingNano : sum,
    0n,
  );
}

/** What each grant has paid for the use of a month, returns taken off (nano-units by grant id). */
export async function takenInPeriod(
  tx: Transaction,
  account: { tenantId: string; id: string },
  period: string,
): Promise<Map<string, bigint>> {
  const rows = await tx.$queryRaw<{ grantId: string; taken: bigint }[]>`
    SELECT grant_id AS "grantId", sum(amount_nano)::bigint AS taken FROM ledger_entries
    WHERE tenant_id = ${account.tenantId}::uuid AND billing_account_id = ${account.id}::uuid
      AND account IN ('credit_purchased', 'credit_promotional') AND period = ${period} GROUP BY grant_id`;
  return new Map(rows.map((row) => [row.grantId, row.taken]));
}

export interface BalanceRow {
  readonly account: string;
  readonly item: string;
  readonly amountNano: bigint;
}

/** Balances of an account that are not zero, of one kind, in the order of their items (months, invoices by age). */
export function balancesOf(
  tx: Transaction,
  account: { tenantId: string; id: string },
  name: string,
): Promise<BalanceRow[]> {
  return tx.ledgerBalance.findMany({
    where: { tenantId: account.tenantId, billingAccountId: account.id, account: name, amountNano: { not: 0n } },
    orderBy: { item: 'asc' },
    select: { account: true, item: true, amountNano: true },
  });
}

export interface AccruedLine {
  readonly line: string;
  readonly quantity: bigint;
  readonly amountNano: bigint;
  /** The line as it was rated last. */
  readonly rated: Prisma.JsonValue;
}

/** What has been accrued for a subscription in a month: for each line the sum of its differences. */
export function accruedLines(
  tx: Transaction,
  of: { tenantId: string; subscriptionId: string; period: string },
): Promise<AccruedLine[]> {
  return tx.$queryRaw<AccruedLine[]>`
    SELECT l.line, sum(l.quantity)::bigint AS quantity, sum(l.amount_nano)::bigint AS "amountNano",
      (array_agg(l.rated ORDER BY t.sequence DESC, l.position DESC))[1] AS rated
    FROM accrual_lines l JOIN ledger_transactions t ON t.tenant_id = l.tenant_id AND t.id = l.transaction_id
    WHERE l.tenant_id = ${of.tenantId}::uuid AND l.subscription_id = ${of.subscriptionId}::uuid AND l.period = ${of.period}
    GROUP BY l.line ORDER BY l.line`;
}
