import type { Transaction } from '../client.ts';

/** What a customer may be charged by plans paid from credit, as of one moment. Amounts in nano-units. */
export interface PrepaidCredit {
  /** Charged by such plans ever, as far as it is booked. */
  readonly chargedNano: bigint;
  /** What is left of grants, by their ends; those without one have `null`. Ended ones are not among them. */
  readonly left: readonly { readonly expiresAtMs: number | null; readonly nano: bigint }[];
}

interface Row {
  readonly chargedNano: bigint;
  readonly expiresAt: Date | null;
  readonly nano: bigint | null;
}

/** Reads it in one statement, so that what was charged and what is left belong together. Nothing of anything where there is no account. */
export async function prepaidCredit(
  tx: Transaction,
  of: { readonly tenantId: string; readonly consumerTenantId: string },
): Promise<PrepaidCredit> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT a.prepaid_charged_nano AS "chargedNano", g.expires_at AS "expiresAt", sum(-b.amount_nano)::bigint AS nano
    FROM billing_accounts a
    LEFT JOIN (credit_grants g JOIN ledger_balances b ON b.tenant_id = g.tenant_id AND b.billing_account_id = g.billing_account_id
        AND b.account IN ('credit_purchased', 'credit_promotional') AND b.item = g.id::text AND b.amount_nano <> 0)
      ON g.tenant_id = a.tenant_id AND g.billing_account_id = a.id AND g.ended_at IS NULL
    WHERE a.tenant_id = ${of.tenantId}::uuid AND a.consumer_tenant_id = ${of.consumerTenantId}::uuid
    GROUP BY 1, 2 ORDER BY 2 NULLS LAST`;
  const left = rows.flatMap(({ expiresAt, nano }) =>
    nano === null ? [] : [{ expiresAtMs: expiresAt?.getTime() ?? null, nano }],
  );
  return { chargedNano: rows[0]?.chargedNano ?? 0n, left };
}

/** Whether a customer stands, stood lately or will stand on a plan that is paid from credit. */
export async function hasPrepaidPlan(
  tx: Transaction,
  of: { readonly tenantId: string; readonly consumerTenantId: string },
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM subscriptions s
      JOIN subscription_segments g ON g.tenant_id = s.tenant_id AND g.subscription_id = s.id
      JOIN plan_prices p ON p.tenant_id = g.tenant_id AND p.id = g.price_id
      WHERE s.tenant_id = ${of.tenantId}::uuid AND s.consumer_tenant_id = ${of.consumerTenantId}::uuid
        AND (g.until_at IS NULL OR g.until_at > now() - interval '1 hour') AND p.pricing ->> 'collection' = 'prepaid') AS found`;
  return row?.found ?? false;
}
