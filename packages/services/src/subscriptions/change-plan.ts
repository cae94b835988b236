import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { refuseWithoutCard } from '../payments/needs-card.ts';
import { pricesAt } from '../plans/price-shape.ts';
import { defineVerb } from '../verb.ts';
import { readSubscriptions, subscriptionShape } from './subscription-shape.ts';
import { targetPlan } from './target-plan.ts';

/** Moves a subscription to another plan of its API that grants access by itself, at once: its limits and its price. */
export const changeSubscriptionPlan = defineVerb({
  name: 'subscriptions.changePlan',
  summary: 'Move a subscription to another plan at once, from the consumer’s side; only to plans without approval.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/subscriptions/{id}/plan' },
  input: z.object({ id: z.uuid(), plan: z.string().min(1, 'Choose a plan.').max(63) }),
  output: subscriptionShape,
  run: async ({ tx, input, tenantId, context, audit, announce }) => {
    const { subscription, plan } = await targetPlan(tx, tenantId, input);
    await refuseWithoutCard(tx, context, {
      publisherId: subscription.tenantId,
      consumerTenantId: tenantId,
      pricing: pricesAt(plan.prices, Date.now()).price?.pricing ?? null,
      whatToDo: 'Open the checkout of this change (payments.checkoutPlan), or leave a card under Billing.',
    });
    const { count } = await tx.subscription.updateMany({
      where: { id: subscription.id, consumerTenantId: tenantId, state: 'approved', planId: subscription.planId },
      data: { planId: plan.id },
    });
    if (count !== 1) throw new Fault('invalid_state', 'This subscription changed a moment ago. Look again.');
    await audit({
      subject: {
        kind: 'subscription',
        id: subscription.id,
        label: `${subscription.application.name} → ${subscription.api.name}`,
      },
      detail: { from: subscription.plan.slug, to: plan.slug },
    });
    await announce('snapshot.application', { tenantId, applicationId: subscription.applicationId });
    return must(
      (await readSubscriptions(tx, tenantId, { id: subscription.id, limit: 1 }))[0],
      'the moved subscription',
    );
  },
});
