import { JOBS } from '@parley/contracts/jobs';
import { raiseCounter } from '../../budgets/counters.ts';
import { type RunningBudget, readBudgets } from '../../budgets/read.ts';
import { defineJob } from '../../job.ts';
import type { Ports } from '../../ports.ts';
import { endIncreases } from './end-increases.ts';
import { tellThresholds } from './tell-thresholds.ts';

/**
 * Looks at every budget in force: ends increases whose time is over, tells once for each period of each threshold that was
 * passed, and raises the counters of hard budgets to what is stored as spent. A tenant that fails keeps no other waiting.
 */
export const budgetEvaluate = defineJob({
  name: 'budget.evaluate',
  schema: JOBS['budget.evaluate'].schema,
  tenantOf: () => null,
  async handle({ ports, log }) {
    const now = new Date(ports.clock.nowMs());
    await ports.db.within({}, (tx) => endIncreases(tx, now));
    const { rows } = await ports.pool.query<{ tenant_id: string }>(
      'SELECT DISTINCT tenant_id FROM budgets WHERE archived_at IS NULL ORDER BY 1',
    );
    const failed: unknown[] = [];
    for (const { tenant_id: tenantId } of rows) {
      try {
        await evaluateTenant(ports, tenantId);
      } catch (error) {
        log.error('the budgets of a tenant could not be looked at', { tenantId, error });
        failed.push(error);
      }
    }
    if (failed.length > 0)
      throw new AggregateError(failed, `the budgets of ${failed.length} tenants could not be looked at`);
  },
});

async function evaluateTenant(ports: Ports, tenantId: string): Promise<void> {
  await ports.db.within({}, async (tx) => {
    for await (const budget of readBudgets(tx, tenantId, ports.clock.nowMs())) {
      const spentNano = await budget.spent();
      await tellThresholds(tx, ports, tenantId, { budget, spentNano });
      await raise(ports, tenantId, budget, spentNano);
    }
  });
}

async function raise(ports: Ports, tenantId: string, budget: RunningBudget, spentNano: bigint): Promise<void> {
  if (budget.mode !== 'hard') return;
  await raiseCounter(ports.redis, { tenantId, budgetId: budget.id, startMs: budget.startMs, spentNano });
}
