import type { Transaction } from '@parley/db/client';
import type { BillingMonth } from '@parley/domain/rating/billing-month';
import { NIL_ID } from '../usage/dimensions.ts';

/** What margin can be told by. */
export const MARGIN_SPLITS = ['api', 'plan', 'customer', 'model'] as const;
export type MarginSplit = (typeof MARGIN_SPLITS)[number];

/** Lines of a margin report: groups of the split, and what belongs to no single one of them. */
export const MARGIN_LINES = [
  'group',
  'fees',
  'minimum',
  'severalModels',
  'creditNotes',
  'rounding',
  'corrections',
  'platformShare',
  'gifts',
  'breakage',
  'writtenOff',
] as const;
export type MarginLine = (typeof MARGIN_LINES)[number];

/** An amount of one line and month; exactly one of both is not zero. */
export interface MarginFact {
  readonly line: MarginLine;
  /** Id or name of the group; empty for calls without one and for lines that are no group. */
  readonly key: string;
  /** The publisher's month, `2026-11`. */
  readonly month: string;
  readonly revenueNano: bigint;
  readonly costNano: bigint;
}

export interface MarginQuery {
  readonly tenantId: string;
  readonly by: MarginSplit;
  /** One after another, the oldest first. */
  readonly months: readonly BillingMonth[];
  readonly timeZone: string;
  readonly currency: string;
}

/** The model whose calls alone a usage rule charges, told by the price version that a line was rated with; else empty. */
const ONE_MODEL = `coalesce((SELECT rule -> 'models' ->> 0 FROM plan_prices p, jsonb_array_elements(p.pricing -> 'rules') rule
  WHERE p.tenant_id = l.tenant_id AND p.id::text = l.rated ->> 'priceId' AND rule ->> 'id' = l.rated ->> 'ruleId'
    AND jsonb_array_length(rule -> 'models') = 1), '')`;

const REVENUE_KEYS: Readonly<Record<MarginSplit, string>> = {
  api: 's.api_id::text',
  plan: `coalesce(l.rated ->> 'planId', s.plan_id::text)`,
  customer: 'b.consumer_tenant_id::text',
  model: ONE_MODEL,
};
const COST_KEYS: Readonly<Record<MarginSplit, string>> = {
  api: 'api_id::text',
  plan: 'plan_id::text',
  customer: 'consumer_tenant_id::text',
  model: 'model',
};

/** What was accrued for months: by the month it is for, corrections that came later included. */
export async function readRevenue(tx: Transaction, query: MarginQuery): Promise<MarginFact[]> {
  const rows = await tx.$queryRawUnsafe<{ month: string; key: string | null; kind: string; nano: string }[]>(
    `SELECT l.period AS month, ${REVENUE_KEYS[query.by]} AS key, coalesce(l.rated ->> 'kind', '') AS kind, sum(l.amount_nano)::text AS nano
     FROM accrual_lines l
     JOIN billing_accounts b ON b.tenant_id = l.tenant_id AND b.id = l.billing_account_id
     LEFT JOIN subscriptions s ON s.tenant_id = l.tenant_id AND s.id = l.subscription_id
     WHERE l.tenant_id = $1::uuid AND l.period BETWEEN $2 AND $3
     GROUP BY 1, 2, 3 HAVING sum(l.amount_nano) <> 0`,
    query.tenantId,
    ...ends(query),
  );
  return rows.map(({ month, key, kind, nano }) => ({
    ...lineOf(query.by, kind, key ?? ''),
    month,
    revenueNano: BigInt(nano),
    costNano: 0n,
  }));
}

/** A fee is of no model, nor is what a rule for several of them charges: such amounts are never spread by guess. */
function lineOf(by: MarginSplit, kind: string, key: string): { line: MarginLine; key: string } {
  if (by !== 'model') return { line: 'group', key };
  if (kind === 'recurring') return { line: 'fees', key: '' };
  if (kind === 'minimum') return { line: 'minimum', key: '' };
  return { line: key === '' ? 'severalModels' : 'group', key };
}

const LINE_OF_ACCOUNT: Readonly<Record<string, MarginLine>> = {
  promotion: 'gifts',
  breakage: 'breakage',
  write_off: 'writtenOff',
  platform: 'platformShare',
};
const LINE_OF_KIND: Readonly<Record<string, MarginLine>> = { refund: 'creditNotes', invoice: 'rounding' };

/**
 * What else the ledger says of earnings: credit notes and the rounding of invoices (by customer, those are the customer's own), the
 * operator's share, credit given away, bought credit that ran out. By the month of the entry, else of when it occurred.
 */
export async function readCorrections(tx: Transaction, query: MarginQuery): Promise<MarginFact[]> {
  const [from, to] = ends(query);
  const rows = await tx.$queryRaw<{ month: string; customer: string; account: string; kind: string; nano: string }[]>`
    SELECT * FROM (
      SELECT coalesce(e.period, to_char(t.occurred_at AT TIME ZONE ${query.timeZone}, 'YYYY-MM')) AS month,
        b.consumer_tenant_id::text AS customer, said.account, t.kind, sum(e.amount_nano * said.sign)::text AS nano
      FROM ledger_entries e
      JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
      JOIN billing_accounts b ON b.tenant_id = e.tenant_id AND b.id = e.billing_account_id
      CROSS JOIN LATERAL (
        SELECT 'shares' AS account, -1 AS sign WHERE e.account IN ('publisher_share', 'platform_share') AND t.kind <> 'accrual'
        UNION ALL SELECT 'platform', 1 WHERE e.account = 'platform_share'
        UNION ALL SELECT e.account, -1 WHERE e.account IN ('promotion', 'breakage', 'write_off')
      ) said
      WHERE e.tenant_id = ${query.tenantId}::uuid
        AND e.account IN ('publisher_share', 'platform_share', 'promotion', 'breakage', 'write_off')
      GROUP BY 1, 2, 3, 4 HAVING sum(e.amount_nano * said.sign) <> 0
    ) booked WHERE month BETWEEN ${from} AND ${to}`;
  return rows.map(({ month, customer, account, kind, nano }) => {
    const line = LINE_OF_ACCOUNT[account] ?? LINE_OF_KIND[kind] ?? 'corrections';
    const own = query.by === 'customer' && account === 'shares';
    return {
      line: own ? 'group' : line,
      key: own ? customer : '',
      month,
      revenueNano: BigInt(nano),
      costNano: 0n,
    };
  });
}

/** What calls cost at providers, own use and free plans included; amounts in other currencies by themselves. */
export async function readCostsByMonth(
  tx: Transaction,
  query: MarginQuery,
): Promise<{ facts: MarginFact[]; others: Map<string, bigint> }> {
  const { startMs } = query.months[0]?.period ?? { startMs: 0 };
  const { endMs } = query.months.at(-1)?.period ?? { endMs: 0 };
  const rows = await tx.$queryRawUnsafe<{ month: string; key: string; currency: string; nano: string }[]>(
    `SELECT to_char(hour AT TIME ZONE $2, 'YYYY-MM') AS month, ${COST_KEYS[query.by]} AS key, currency, sum(cost_nano)::text AS nano
     FROM usage_rollups WHERE tenant_id = $1::uuid AND hour >= $3::timestamptz AND hour < $4::timestamptz AND cost_nano <> 0
     GROUP BY 1, 2, 3`,
    query.tenantId,
    query.timeZone,
    new Date(startMs).toISOString(),
    new Date(endMs).toISOString(),
  );
  const facts: MarginFact[] = [];
  const others = new Map<string, bigint>();
  for (const { month, key, currency, nano } of rows) {
    if (currency !== query.currency) others.set(currency, (others.get(currency) ?? 0n) + BigInt(nano));
    else facts.push({ line: 'group', key: key === NIL_ID ? '' : key, month, revenueNano: 0n, costNano: BigInt(nano) });
  }
  return { facts, others };
}

function ends({ months }: MarginQuery): [from: string, to: string] {
  return [months[0]?.name ?? '', months.at(-1)?.name ?? ''];
}
