import { Fault } from '@parley/kernel/fault';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { budgetShape, readBudget } from './budget-shape.ts';
import { findBudget } from './subject.ts';

/** Approves or refuses a request for more, or ends one before its time. Nobody approves a request of their own. */
export const decideBudgetIncrease = defineVerb({
  name: 'budgets.decideIncrease',
  summary: 'Approve or refuse a request for more of a budget, or end an increase early.',
  kind: 'write',
  access: 'budgets.write',
  rest: { method: 'POST', path: '/budgets/{budget}/increases/{increase}/decide' },
  input: z.object({
    budget: z.string(),
    increase: z.uuid(),
    decision: z.enum(['approve', 'refuse', 'end']),
    note: z.string().trim().max(500, 'At most 500 characters.').default(''),
  }),
  output: budgetShape,
  async run({ tx, input, tenantId, context, audit, announce }) {
    const budget = await findBudget(tx, tenantId, input.budget);
    const { decision, note } = input;
    const where = { tenantId, id: input.increase, budgetId: budget.id };
    const increase = await tx.budgetIncrease.findFirst({ where });
    if (!increase) throw new Fault('not_found', 'There is no such request for more.');
    if (decision === 'approve' && increase.requestedById !== null && increase.requestedById === context.userId) {
      throw new Fault('forbidden', 'Somebody else has to approve what you asked for.');
    }
    const from = decision === 'end' ? 'approved' : 'requested';
    const state = { approve: 'approved', refuse: 'refused', end: 'ended' }[decision];
    if (decision === 'approve' && increase.endsAt <= new Date()) {
      throw new Fault('invalid_state', 'The time it was asked for is over.');
    }
    const decided = { decidedById: context.userId, decidedAt: new Date(), note: note || null };
    const { count } = await tx.budgetIncrease.updateMany({
      where: { ...where, state: from },
      data: { state, ...decided },
    });
    if (count === 0) throw new Fault('invalid_state', `It is ${increase.state} already.`);
    await audit({
      subject: { kind: 'budget', id: budget.id, label: budget.name },
      detail: { ...input, amount: formatAmount(increase.amountNano), endsAt: increase.endsAt.toISOString() },
    });
    await announce('snapshot.tenant', { tenantId });
    if (increase.requestedById !== null && decision !== 'end') {
      const { slug } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
      await announce('notify.members', {
        tenantId,
        permission: null,
        userId: increase.requestedById,
        kind: 'budget.increaseDecided',
        title: `More of the budget “${budget.name}” was ${state}`,
        body: note || `${formatAmount(increase.amountNano)} ${budget.currency} until ${increase.endsAt.toISOString()}.`,
        href: `/t/${slug}/budgets`,
        mail: true,
      });
    }
    return readBudget(tx, tenantId, budget.id, context.userId);
  },
});
