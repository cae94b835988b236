import type { BudgetScope } from '@parley/contracts/budget';
import type { DeclarationInput } from '@parley/contracts/declaration';
import type { Transaction } from '@parley/db/client';
import { formatAmount } from '@parley/kernel/money';

type Declared = NonNullable<DeclarationInput['budgets']>[number];

/** Budgets as a declaration writes them: what they are about by short name, where the tenant's own thing has one. */
export async function readBudgets(tx: Transaction, tenantId: string): Promise<Declared[]> {
  const rows = await tx.budget.findMany({ where: { tenantId, archivedAt: null }, orderBy: { slug: 'asc' } });
  const declared: Declared[] = [];
  for (const row of rows) {
    const scope = row.scope as BudgetScope;
    declared.push({
      slug: row.slug,
      name: row.name,
      scope,
      subject: (await slugOf(tx, tenantId, scope, row.subject)) ?? row.subject,
      period: row.period as Declared['period'],
      amount: formatAmount(row.amountNano),
      mode: row.mode as Declared['mode'],
      thresholds: row.thresholds,
      ...(row.webhook === null ? {} : { webhook: row.webhook }),
    });
  }
  return declared;
}

async function slugOf(tx: Transaction, tenantId: string, scope: BudgetScope, id: string): Promise<string | undefined> {
  const of = { where: { tenantId, id }, select: { slug: true } };
  if (scope === 'team') return (await tx.team.findFirst(of))?.slug;
  if (scope === 'api') return (await tx.api.findFirst(of))?.slug;
  if (scope === 'application') return (await tx.application.findFirst(of))?.slug;
  return undefined;
}
