import { BUDGET_PERIODS, BUDGET_SCOPES } from '@parley/contracts/budget';
import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import { parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { orConflict, wrongField } from '../conflict.ts';
import { slugShape } from '../shapes.ts';
import { findUpstream } from '../upstreams/upstream-shape.ts';
import { defineVerb } from '../verb.ts';
import { budgetFields, budgetShape, readBudget } from './budget-shape.ts';
import { resolveSubject } from './subject.ts';

/** More would make every call of the tenant count in as many places. */
const AT_MOST = 100;

/** Makes a budget in the tenant's currency. What was spent in the running period before counts. */
export const createBudget = defineVerb({
  name: 'budgets.create',
  summary: 'Make a budget: how much calls may cost at providers, of what, in which period.',
  kind: 'write',
  access: 'budgets.write',
  rest: { method: 'POST', path: '/budgets' },
  input: z.object({
    slug: slugShape,
    name: budgetFields.name,
    scope: z.enum(BUDGET_SCOPES).default('tenant'),
    /** Short name or id of team, application, key or API; a model’s name, an end user, or `name=value` of a tag. */
    subject: z.string().max(300).default(''),
    period: z.enum(BUDGET_PERIODS).default('month'),
    amount: budgetFields.amount,
    mode: budgetFields.mode.default('soft'),
    thresholds: budgetFields.thresholds.default([50, 80, 100]),
    webhook: budgetFields.webhook.default(null),
  }),
  output: budgetShape,
  async run({ tx, input, tenantId, context, audit, announce }) {
    const { amount, subject, slug, webhook, ...fields } = input;
    if (webhook !== null) await findUpstream(tx, tenantId, webhook);
    if ((await tx.budget.count({ where: { tenantId, archivedAt: null } })) >= AT_MOST) {
      throw wrongField('slug', `A tenant has at most ${AT_MOST} budgets.`);
    }
    const { currency } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { currency: true } });
    const row = await orConflict(
      tx.budget.create({
        data: {
          ...fields,
          tenantId,
          id: newId(),
          slug,
          subject: await resolveSubject(tx, tenantId, input.scope, subject),
          amountNano: must(parseAmount(amount), 'an amount that was checked'),
          currency,
          webhook,
          createdById: context.userId,
        },
      }),
      'slug',
      'There is a budget with this short name already. An archived one keeps its name.',
    );
    await audit({ subject: { kind: 'budget', id: row.id, label: row.name }, detail: { ...input, currency } });
    await announce('snapshot.tenant', { tenantId });
    return readBudget(tx, tenantId, row.id, context.userId);
  },
});
