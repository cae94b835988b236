import type { Database } from '@parley/db/client';
import { settleStanding } from './apply-invoice.ts';

/** Moves on, by age, every account whose payments fail. In the worker's scope; safe to repeat. */
export async function dun(db: Database, now: Date): Promise<{ accounts: number }> {
  const failing = await db.within({}, (tx) =>
    tx.stripeInvoice.findMany({
      where: { state: 'open', failingSince: { not: null } },
      distinct: ['tenantId', 'billingAccountId'],
      select: { tenantId: true, billingAccountId: true },
    }),
  );
  for (const { tenantId, billingAccountId: accountId } of failing) {
    await db.within({ tenantId }, (tx) => settleStanding(tx, { tenantId, accountId, now }));
  }
  return { accounts: failing.length };
}
