import { toMinor } from '@parley/domain/billing/minor-units';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { ensureAccount } from '../billing/ensure-account.ts';
import { wrongField } from '../conflict.ts';
import { ratedChange } from '../subscriptions/rated-change.ts';
import { targetPlan } from '../subscriptions/target-plan.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { amountAtCheckout } from './amount-at-checkout.ts';
import { openCheckout } from './open-checkout.ts';
import { billingPage, goThereShape, stripeOf } from './payment-shape.ts';

/**
 * Sends a customer to Stripe to leave a card for another plan of a subscription, and to pay its fee for the rest of the
 * month with it. Once Stripe says that this is done, what was paid is credit, and the subscription moves.
 */
export const checkoutPlan = defineVerb({
  name: 'payments.checkoutPlan',
  summary: 'Open a page to leave a card for another plan and pay its fee; the subscription moves once that is done.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/subscriptions/{id}/plan-checkout' },
  input: z.object({ id: z.uuid(), plan: z.string().min(1, 'Choose a plan.').max(63) }),
  output: goThereShape,
  run: async ({ tx, input, tenantId, context, audit }) => {
    stripeOf(context);
    const { subscription, plan } = await targetPlan(tx, tenantId, input);
    const { pricing, feeNano, month } = await ratedChange(tx, { subscription, plan, nowMs: Date.now() });
    if (pricing === null) throw wrongField('plan', 'This plan costs nothing: move to it without a card.');
    const of = { tenantId: subscription.tenantId, consumerTenantId: tenantId };
    const { id, currency } = await ensureAccount(tx, of);
    const page = await billingPage(tx, context, tenantId);
    const amountNano = amountAtCheckout(feeNano, currency);
    await audit({
      subject: { kind: 'billing-account', id, label: `${subscription.application.name} → ${plan.name}` },
      detail: { plan: plan.slug, amount: formatAmount(amountNano ?? 0n), currency },
    });
    return new AfterCommit(() =>
      openCheckout(context, {
        account: { tenantId: subscription.tenantId, id, currency },
        kind: 'plan',
        amountNano,
        change: { subscriptionId: subscription.id, planId: plan.id },
        page,
        params:
          amountNano === null
            ? { mode: 'setup', currency: currency.toLowerCase() }
            : {
                mode: 'payment',
                payment_intent_data: { setup_future_usage: 'off_session' },
                line_items: [
                  {
                    quantity: 1,
                    price_data: {
                      currency: currency.toLowerCase(),
                      unit_amount: toMinor(amountNano, currency),
                      product_data: { name: `Plan ${plan.name}: fee for the rest of ${month}` },
                    },
                  },
                ],
              },
      }),
    );
  },
});
