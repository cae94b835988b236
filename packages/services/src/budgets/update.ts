import { must } from '@parley/kernel/assert';
import { parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { given } from '../given.ts';
import { findUpstream } from '../upstreams/upstream-shape.ts';
import { defineVerb } from '../verb.ts';
import { budgetFields, budgetShape, readBudget } from './budget-shape.ts';
import { findBudget } from './subject.ts';

/** Changes a budget. What it is about and its period stay: another of those is another budget. */
export const updateBudget = defineVerb({
  name: 'budgets.update',
  summary: 'Change a budget’s name, amount, mode, thresholds or webhook.',
  kind: 'write',
  access: 'budgets.write',
  rest: { method: 'PATCH', path: '/budgets/{budget}' },
  input: z.object({
    budget: z.string(),
    name: budgetFields.name.optional(),
    amount: budgetFields.amount.optional(),
    mode: budgetFields.mode.optional(),
    thresholds: budgetFields.thresholds.optional(),
    webhook: budgetFields.webhook.optional(),
  }),
  output: budgetShape,
  async run({ tx, input, tenantId, context, audit, announce }) {
    const { budget: slug, amount, ...fields } = input;
    const budget = await findBudget(tx, tenantId, slug);
    if (typeof fields.webhook === 'string') await findUpstream(tx, tenantId, fields.webhook);
    await tx.budget.update({
      where: { tenantId_id: { tenantId, id: budget.id } },
      data: {
        ...given(fields),
        ...(amount === undefined ? {} : { amountNano: must(parseAmount(amount), 'an amount that was checked') }),
      },
    });
    await audit({ subject: { kind: 'budget', id: budget.id, label: fields.name ?? budget.name }, detail: input });
    await announce('snapshot.tenant', { tenantId });
    return readBudget(tx, tenantId, budget.id, context.userId);
  },
});
