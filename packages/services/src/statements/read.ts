import type { Transaction } from '@parley/db/client';
import {
  STATEMENT_LINES,
  type StatementDocument,
  type StatementLine,
  type StatementLineKind,
} from '@parley/domain/statements/document';
import { wrongField } from '../conflict.ts';
import { monthNamed } from '../costs/month-range.ts';

/** A booking's time is that of its transaction's begin: those that were open at the month's end are in soon after. */
const SETTLED_MS = 300_000;

interface Row {
  readonly part: 'before' | 'booked' | 'later' | 'balance' | 'charged';
  readonly account: string;
  readonly kind: string;
  readonly usedIn: string | null;
  readonly apiId: string | null;
  readonly planId: string | null;
  /** A credit is above zero here. */
  readonly nano: string;
}

/** What earnings are made of: shares, less what was given away or written off. */
const EARNED: ReadonlySet<string> = new Set(['publisher_share', 'promotion', 'breakage', 'write_off']);

/**
 * A publisher's month by what was booked in it, read from the ledger in one statement: a month that is over comes out the same for
 * ever, as the ledger is only appended to. The closing balance is not summed up from the lines: it is the balance that the database
 * keeps, less what was booked since. Throws `invalid_input` for a month to come.
 */
export async function readStatement(
  tx: Transaction,
  { tenantId, month, nowMs }: { readonly tenantId: string; readonly month: string; readonly nowMs: number },
): Promise<StatementDocument> {
  const { timezone, currency } = await tx.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { timezone: true, currency: true },
  });
  const { startMs, endMs } = monthNamed(month, timezone).period;
  if (startMs > nowMs) throw wrongField('month', 'This month has not begun.');
  const [from, until] = [new Date(startMs), new Date(Math.min(endMs, nowMs))];
  const rows = await tx.$queryRaw<Row[]>`
    WITH booked AS (
      SELECT CASE WHEN t.booked_at < ${from} THEN 'before' WHEN t.booked_at < ${until} THEN 'booked' ELSE 'later' END AS part,
        e.account, t.kind, -e.amount_nano AS nano
      FROM ledger_entries e JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
      WHERE e.tenant_id = ${tenantId}::uuid
    )
    SELECT part, account, kind, NULL AS "usedIn", NULL AS "apiId", NULL AS "planId", sum(nano)::text AS nano
      FROM booked GROUP BY part, account, kind
    UNION ALL
    SELECT 'balance', account, '', NULL, NULL, NULL, sum(-amount_nano)::text
      FROM ledger_balances WHERE tenant_id = ${tenantId}::uuid GROUP BY account
    UNION ALL
    SELECT 'charged', '', '', l.period, s.api_id::text, coalesce(l.rated ->> 'planId', s.plan_id::text), sum(l.amount_nano)::text
      FROM accrual_lines l
      JOIN ledger_transactions t ON t.tenant_id = l.tenant_id AND t.id = l.transaction_id
      LEFT JOIN subscriptions s ON s.tenant_id = l.tenant_id AND s.id = l.subscription_id
      WHERE l.tenant_id = ${tenantId}::uuid AND t.booked_at >= ${from} AND t.booked_at < ${until}
      GROUP BY 4, 5, 6`;
  const atEnd = (account: string): bigint => sumOf(rows, 'balance', account) - sumOf(rows, 'later', account);
  const earnedIn = (of: (account: string) => bigint): bigint => [...EARNED].reduce((sum, name) => sum + of(name), 0n);
  return {
    month,
    currency,
    until: until.toISOString(),
    final: nowMs >= endMs + SETTLED_MS,
    openingNano: earnedIn((account) => sumOf(rows, 'before', account)),
    lines: linesOf(rows),
    closingNano: earnedIn(atEnd),
    standing: {
      unbilledNano: -atEnd('unbilled'),
      receivableNano: -atEnd('receivable'),
      cashNano: -atEnd('cash'),
      creditNano: -atEnd('credit_purchased') - atEnd('credit_promotional'),
      owedBackNano: -atEnd('refund'),
      platformShareNano: -atEnd('platform_share'),
      taxNano: -atEnd('tax'),
    },
  };
}

function sumOf(rows: readonly Row[], part: Row['part'], account: string): bigint {
  return rows.reduce((sum, row) => (row.part === part && row.account === account ? sum + BigInt(row.nano) : sum), 0n);
}

const SHARE_KINDS: Readonly<Record<string, StatementLineKind>> = { refund: 'creditNotes', invoice: 'rounding' };

/** Which line an entry of the month is on; what was accrued is told by its rated lines. */
function kindOf({ account, kind }: Row): StatementLineKind | null {
  if (account === 'publisher_share' || account === 'platform_share') {
    return kind === 'accrual' ? null : (SHARE_KINDS[kind] ?? 'corrections');
  }
  if (account === 'promotion') return kind === 'grant' ? 'creditGiven' : 'creditReturned';
  if (account === 'breakage') return 'breakage';
  return account === 'write_off' ? 'writtenOff' : null;
}

function linesOf(rows: readonly Row[]): StatementLine[] {
  const sums = new Map<StatementLineKind, bigint>();
  const add = (kind: StatementLineKind, nano: bigint) => sums.set(kind, (sums.get(kind) ?? 0n) + nano);
  const charged: StatementLine[] = [];
  for (const row of rows) {
    const nano = BigInt(row.nano);
    if (row.part === 'charged') {
      const { usedIn, apiId, planId } = row;
      charged.push({ kind: 'charged', usedIn, apiId, planId, amountNano: nano });
    } else if (row.part === 'booked') {
      const kind = kindOf(row);
      if (kind) add(kind, nano);
      // Shares are booked apart; a statement says the whole, and what of it is the operator's.
      if (row.account === 'platform_share') add('platformShare', -nano);
    }
  }
  const others = [...sums].map(([kind, amountNano]) => ({ kind, usedIn: null, apiId: null, planId: null, amountNano }));
  const place = ({ kind, usedIn, apiId, planId }: StatementLine): string =>
    `${STATEMENT_LINES.indexOf(kind)} ${usedIn ?? ''} ${apiId ?? ''} ${planId ?? ''}`;
  return [...charged, ...others]
    .filter(({ amountNano }) => amountNano !== 0n)
    .sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
