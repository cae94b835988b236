import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { formatAmount, parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { amountInput, budgetShape, readBudget } from './budget-shape.ts';
import { findBudget } from './subject.ts';

const LONGEST_MS = 92 * 86_400_000;

/** Asks for more of a budget until a moment; somebody else who may change budgets decides. */
export const requestBudgetIncrease = defineVerb({
  name: 'budgets.requestIncrease',
  summary: 'Ask for more of a budget for a while.',
  kind: 'write',
  access: 'budgets.request',
  rest: { method: 'POST', path: '/budgets/{budget}/increases' },
  input: z.object({
    budget: z.string(),
    /** On top of the budget. */
    amount: amountInput,
    endsAt: timeShape,
    reason: z.string().trim().min(1, 'Say what it is for.').max(500, 'At most 500 characters.'),
  }),
  output: budgetShape,
  async run({ tx, input, tenantId, context, audit, announce }) {
    const budget = await findBudget(tx, tenantId, input.budget);
    const endsAt = new Date(input.endsAt);
    const now = Date.now();
    if (endsAt.getTime() <= now) throw wrongField('endsAt', 'The end must lie in the future.');
    if (endsAt.getTime() > now + LONGEST_MS) throw wrongField('endsAt', 'At most 92 days; change the budget instead.');
    const open = await tx.budgetIncrease.count({ where: { tenantId, budgetId: budget.id, state: 'requested' } });
    if (open >= 5) throw wrongField('amount', 'Five requests wait already.');
    const amountNano = must(parseAmount(input.amount), 'an amount that was checked');
    const id = newId();
    const { reason } = input;
    const requestedById = context.userId;
    await tx.budgetIncrease.create({
      data: { tenantId, id, budgetId: budget.id, amountNano, endsAt, reason, requestedById },
    });
    await audit({ subject: { kind: 'budget', id: budget.id, label: budget.name }, detail: { ...input, increase: id } });
    const { slug } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
    await announce('notify.members', {
      tenantId,
      permission: 'budgets.write',
      userId: null,
      kind: 'budget.increaseRequested',
      title: `More is asked for of the budget “${budget.name}”`,
      body: `${formatAmount(amountNano)} ${budget.currency} on top, until ${endsAt.toISOString()}: ${reason}`,
      href: `/t/${slug}/budgets`,
      mail: true,
    });
    return readBudget(tx, tenantId, budget.id, context.userId);
  },
});
