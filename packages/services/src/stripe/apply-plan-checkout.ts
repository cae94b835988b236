import type { Transaction } from '@parley/db/client';
import { must } from '@parley/kernel/assert';
import { newId } from '@parley/kernel/id';
import type Stripe from 'stripe';
import { grantPaid, idOf, type OurCheckout, paidAmount } from './checkout-session.ts';
import type { EventToApply } from './event-to-apply.ts';

/**
 * A page that led to another plan is done: what was paid becomes credit, and the subscription moves, in one transaction.
 * Where it cannot move any more, the credit stays and the customer is told. Safe to repeat. Gives back what came of it.
 */
export function applyPlanCheckout(
  given: EventToApply,
  session: Stripe.Checkout.Session,
  ours: OurCheckout,
): Promise<string> {
  const { tenantId } = ours;
  return given.db.within({ tenantId }, async (tx) => {
    const key = { tenantId_id: { tenantId, id: ours.id } };
    const before = await tx.stripeCheckout.findUniqueOrThrow({ where: key, select: { state: true } });
    if (before.state !== 'open') return 'The plan was changed before.';
    if (ours.amountNano !== null) {
      const amountNano = paidAmount(session, ours);
      const grantId = await grantPaid(tx, { session, ours, amountNano, note: 'Paid for a plan by card' });
      await tx.stripeCheckout.update({
        where: key,
        data: { grantId, paymentIntentId: idOf(session.payment_intent) },
        select: { id: true },
      });
    }
    await tx.stripeCheckout.update({
      where: key,
      data: { state: 'completed', endedAt: given.now },
      select: { id: true },
    });
    return move(tx, ours);
  });
}

async function move(tx: Transaction, ours: OurCheckout): Promise<string> {
  const { tenantId } = ours;
  const id = must(ours.subscriptionId, 'the subscription of a checkout');
  const planId = must(ours.planId, 'the plan of a checkout');
  const subscription = await tx.subscription.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
    include: { plan: true, api: true, application: true },
  });
  const plan = await tx.plan.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: planId } } });
  const { count } =
    plan.archivedAt === null && plan.approval === 'auto'
      ? await tx.subscription.updateMany({
          where: { tenantId, id, state: 'approved', planId: subscription.planId },
          data: { planId },
        })
      : { count: 0 };
  const { consumerTenantId, applicationId, application, api } = subscription;
  const label = `${application.name} → ${api.name}`;
  if (count === 0) {
    await tellCustomer(tx, { tenantId, consumerTenantId, plan: plan.name, label });
    return `The subscription could not move to ${plan.name} any more; what was paid is credit.`;
  }
  await tx.auditEntry.createMany({
    data: {
      tenantId: consumerTenantId,
      id: newId(),
      actorKind: 'system',
      actorId: null,
      actorLabel: 'Parley',
      action: 'subscriptions.changePlan',
      subjectKind: 'subscription',
      subjectId: id,
      subjectLabel: label,
      detail: { from: subscription.plan.slug, to: plan.slug },
    },
  });
  await tx.outboxEntry.createMany({
    data: { tenantId, topic: 'snapshot.application', payload: { tenantId: consumerTenantId, applicationId } },
  });
  return `${label} is on ${plan.name} now.`;
}

async function tellCustomer(
  tx: Transaction,
  given: { tenantId: string; consumerTenantId: string; plan: string; label: string },
): Promise<void> {
  const { slug } = await tx.tenant.findUniqueOrThrow({
    where: { id: given.consumerTenantId },
    select: { slug: true },
  });
  await tx.outboxEntry.createMany({
    data: {
      tenantId: given.tenantId,
      topic: 'notify.members',
      payload: {
        tenantId: given.consumerTenantId,
        permission: 'billing.read',
        userId: null,
        kind: 'plan.notChanged',
        title: `${given.label} could not be moved to ${given.plan}`,
        body: 'The plan or the subscription ended while you paid. Your card is kept, and what you paid is credit.',
        href: `/t/${slug}/billing`,
        mail: true,
      },
    },
  });
}
