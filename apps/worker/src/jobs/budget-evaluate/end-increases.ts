import type { Transaction } from '@parley/db/client';
import { formatAmount } from '@parley/kernel/money';
import { announce, auditSystem } from '../expiry-sweep/record.ts';

/** Ends increases whose time is over, and refuses requests that nobody decided on in time. */
export async function endIncreases(tx: Transaction, now: Date): Promise<void> {
  const over = await tx.budgetIncrease.findMany({
    where: { state: { in: ['approved', 'requested'] }, endsAt: { lte: now } },
    include: { budget: true },
    orderBy: { endsAt: 'asc' },
    take: 500,
  });
  for (const { tenantId, id, state, amountNano, budget } of over) {
    const ended = state === 'approved' ? 'ended' : 'refused';
    const { count } = await tx.budgetIncrease.updateMany({ where: { tenantId, id, state }, data: { state: ended } });
    if (count === 0) continue;
    await auditSystem(tx, {
      tenantId,
      action: 'budgets.endIncrease',
      subject: { kind: 'budget', id: budget.id, label: budget.name },
      detail: { increase: id, amount: `${formatAmount(amountNano)} ${budget.currency}`, outcome: ended },
    });
    if (state === 'approved') await announce(tx, tenantId, 'snapshot.tenant', { tenantId });
  }
}
