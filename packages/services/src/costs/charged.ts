import type { Transaction } from '@parley/db/client';
import type { Window } from '../usage/window.ts';

interface Row {
  readonly consumer: string;
  readonly currency: string;
  readonly nano: string;
}

/**
 * What customers were charged in a range, by the ledger: revenue shares booked for each consumer tenant, in nano-units by
 * currency, by when it occurred. Corrections count.
 */
export async function chargedBy(
  tx: Transaction,
  tenantId: string,
  { fromMs, toMs }: Pick<Window, 'fromMs' | 'toMs'>,
): Promise<Map<string, Map<string, bigint>>> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT b.consumer_tenant_id::text AS consumer, e.currency, (-sum(e.amount_nano))::text AS nano
    FROM ledger_entries e
    JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
    JOIN billing_accounts b ON b.tenant_id = e.tenant_id AND b.id = e.billing_account_id
    WHERE e.tenant_id = ${tenantId}::uuid AND e.account IN ('publisher_share', 'platform_share')
      AND t.occurred_at >= ${new Date(fromMs)} AND t.occurred_at < ${new Date(toMs)}
    GROUP BY 1, 2`;
  const charged = new Map<string, Map<string, bigint>>();
  for (const { consumer, currency, nano } of rows) {
    const of = charged.get(consumer) ?? new Map<string, bigint>();
    of.set(currency, BigInt(nano));
    charged.set(consumer, of);
  }
  return charged;
}
