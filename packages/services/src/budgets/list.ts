import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { budgetOut, budgetShape } from './budget-shape.ts';

/** All budgets with what was spent of each in its period. */
export const listBudgets = defineVerb({
  name: 'budgets.list',
  summary: 'List budgets with what was spent, what is left and when they are likely used up.',
  kind: 'read',
  access: 'budgets.read',
  rest: { method: 'GET', path: '/budgets' },
  input: z.object({}),
  output: z.object({ items: z.array(budgetShape), currency: z.string(), timeZone: z.string() }),
  run: async ({ tx, tenantId, context }) => {
    const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
    const rows = await tx.budget.findMany({
      where: { tenantId, archivedAt: null },
      include: { increases: true },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    });
    const reader = { tenantId, timeZone: tenant.timezone, userId: context.userId, now: new Date() };
    const items = [];
    for (const row of rows) items.push(await budgetOut(tx, row, reader));
    return { items, currency: tenant.currency, timeZone: tenant.timezone };
  },
});
