import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { wrongField } from '../conflict.ts';
import { withPrices } from '../plans/price-shape.ts';

/** A consumer's subscription that is in force, and the plan on offer that it could move to by itself. Throws otherwise. */
export async function targetPlan(tx: Transaction, consumerTenantId: string, input: { id: string; plan: string }) {
  const subscription = await tx.subscription.findFirst({
    where: { id: input.id, consumerTenantId },
    include: { api: true, plan: true, application: true },
  });
  if (!subscription) throw new Fault('not_found', 'There is no such subscription of this tenant.');
  if (subscription.state !== 'approved') {
    throw new Fault('invalid_state', `This subscription is ${subscription.state}; only one in force changes its plan.`);
  }
  const { tenantId, apiId } = subscription;
  const plan = await tx.plan.findFirst({
    where: { tenantId, apiId, slug: input.plan, archivedAt: null },
    include: withPrices,
  });
  if (!plan) throw wrongField('plan', `“${subscription.api.name}” offers no plan “${input.plan}”.`);
  if (plan.id === subscription.planId) throw wrongField('plan', 'It is on this plan already.');
  if (plan.approval === 'manual') {
    throw wrongField(
      'plan',
      'The publisher decides who gets this plan. Ask them to move you, or subscribe another application.',
    );
  }
  return { subscription, plan };
}
