import type { BudgetPeriod, BudgetScope } from '@parley/contracts/budget';
import type { Transaction } from '@parley/db/client';
import { rateSinceMs } from '@parley/domain/budgets/forecast';
import { budgetPeriod } from '@parley/domain/budgets/period';
import { effectiveNano } from '@parley/services/budgets/budget-shape';
import { spentBetween } from '@parley/services/budgets/spent';

const HOUR_MS = 3_600_000;

/** A budget in its running period. */
export interface RunningBudget {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly scope: BudgetScope;
  readonly subject: string;
  readonly period: BudgetPeriod;
  readonly mode: string;
  readonly currency: string;
  readonly thresholds: readonly number[];
  readonly webhook: string | null;
  /** Of the period as counters have it, Unix ms; a budget without end begins with 1970, and counts from its making. */
  readonly startMs: number;
  readonly endMs: number;
  readonly countsFromMs: number;
  /** With what was granted for a while. */
  readonly amountNano: bigint;
  /** What is stored as spent in the period, and since the moment a forecast's rate is taken from. */
  spent(): Promise<bigint>;
  recent(): Promise<bigint>;
}

/** The budgets of a tenant that are in force. */
export async function* readBudgets(tx: Transaction, tenantId: string, nowMs: number): AsyncGenerator<RunningBudget> {
  const rows = await tx.budget.findMany({
    where: { tenantId, archivedAt: null },
    include: { increases: { where: { state: 'approved' } } },
    orderBy: { id: 'asc' },
  });
  if (rows.length === 0) return;
  const { timezone } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timezone: true } });
  for (const row of rows) {
    const scope = row.scope as BudgetScope;
    const period = row.period as BudgetPeriod;
    const { startMs, endMs } = budgetPeriod(nowMs, period, timezone);
    const countsFromMs = period === 'total' ? row.createdAt.getTime() : startMs;
    const spender = { tenantId, scope, subject: row.subject, currency: row.currency };
    // Gateways' clocks may be ahead.
    const untilMs = Math.min(endMs, nowMs + HOUR_MS);
    yield {
      id: row.id,
      slug: row.slug,
      name: row.name,
      scope,
      subject: row.subject,
      period,
      mode: row.mode,
      currency: row.currency,
      thresholds: row.thresholds,
      webhook: row.webhook,
      startMs,
      endMs,
      countsFromMs,
      amountNano: effectiveNano(row.amountNano, row.increases, new Date(nowMs)),
      spent: () => spentBetween(tx, spender, countsFromMs, untilMs),
      recent: () => spentBetween(tx, spender, rateSinceMs({ nowMs, startMs: countsFromMs }), untilMs),
    };
  }
}
