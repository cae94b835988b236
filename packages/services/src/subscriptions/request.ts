import type { Transaction } from '@parley/db/client';
import { isUniqueViolation } from '@parley/db/errors';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { visibleApi } from '../catalogue/visible-api.ts';
import { refuseWithoutCard } from '../payments/needs-card.ts';
import { pricesAt, withPrices } from '../plans/price-shape.ts';
import { defineVerb } from '../verb.ts';
import { LIVE_STATES, readSubscriptions, subscriptionShape } from './subscription-shape.ts';

const ALREADY = {
  requested: 'This application has asked for this API already and waits for the publisher.',
  approved: 'This application is subscribed to this API already.',
  suspended: 'This application’s subscription to this API is paused by the publisher.',
} as const;

/**
 * Asks for access to an API for an application. A plan without approval grants it at once; any other waits for the
 * publisher's people. One live subscription per application and API (`conflict`); after a refusal, a revocation, an end
 * or a cancellation one may ask again.
 */
export const requestSubscription = defineVerb({
  name: 'subscriptions.request',
  summary: 'Subscribe an application to an API’s plan; plans with manual approval wait for the publisher.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/subscriptions' },
  input: z.object({
    application: applicationRef,
    publisher: z.string().min(1, 'Name the publishing tenant.').max(63),
    api: z.string().min(1, 'Name the API.').max(63),
    plan: z.string().min(1, 'Choose a plan.').max(63),
    reason: z
      .string()
      .trim()
      .max(2000, 'At most 2,000 characters.')
      .default('')
      .describe('Shown to those who decide; required for plans with manual approval.'),
  }),
  output: subscriptionShape,
  run: async ({ tx, input, context, tenantId, audit, announce }) => {
    const application = await findApplication(tx, tenantId, input.application);
    await holdApplication(tx, tenantId, application.id);
    const { publisher, api } = await visibleApi(tx, context, input);
    const plan = await planOnOffer(tx, api, input.plan);
    await refuseWithoutCard(tx, context, {
      publisherId: api.tenantId,
      consumerTenantId: tenantId,
      pricing: pricesAt(plan.prices, Date.now()).price?.pricing ?? null,
      whatToDo: `Subscribe to another plan of “${api.name}” and change to this one: the card is asked for there.`,
    });
    if (plan.approval === 'manual' && input.reason === '') {
      throw new Fault('invalid_input', 'This plan needs the publisher’s approval.', [
        { path: 'reason', message: 'Say what you want to use it for; the publisher decides by it.' },
      ]);
    }
    const pair = { tenantId: api.tenantId, apiId: api.id, consumerTenantId: tenantId, applicationId: application.id };
    await refuseSecond(tx, pair);

    const id = newId();
    const approved = plan.approval === 'auto';
    try {
      await tx.subscription.create({
        data: {
          ...pair,
          id,
          planId: plan.id,
          state: approved ? 'approved' : 'requested',
          reason: input.reason,
          requestedById: context.userId,
          decidedAt: approved ? new Date() : null,
        },
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new Fault('conflict', ALREADY.requested);
      throw error;
    }
    await audit({
      subject: { kind: 'subscription', id, label: `${application.name} → ${api.name}` },
      detail: {
        publisher: publisher.slug,
        api: api.slug,
        plan: plan.slug,
        application: application.slug,
        reason: input.reason,
        approved,
      },
    });
    await announce('snapshot.application', { tenantId, applicationId: application.id });
    const consumer = must(await tx.tenant.findUnique({ where: { id: tenantId } }), 'the open tenant');
    await announce('notify.members', {
      tenantId: api.tenantId,
      permission: 'approvals.decide',
      userId: null,
      kind: approved ? 'subscription.granted' : 'subscription.requested',
      title: approved
        ? `${consumer.name} subscribed to ${api.name}`
        : `${consumer.name} asks for access to ${api.name}`,
      body: `Application: ${application.name}\nPlan: ${plan.name}${input.reason ? `\nReason: ${input.reason}` : ''}`,
      href: approved ? `/t/${publisher.slug}/approvals?show=live` : `/t/${publisher.slug}/approvals`,
      mail: !approved,
    });
    return must((await readSubscriptions(tx, tenantId, { id, limit: 1 }))[0], 'the subscription just made');
  },
});

/** Keeps the application from being deleted until this transaction ends. */
async function holdApplication(tx: Transaction, tenantId: string, id: string): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM applications WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid AND deleted_at IS NULL FOR SHARE`;
  if (held.length === 0) throw new Fault('not_found', 'This application was deleted a moment ago.');
}

async function planOnOffer(tx: Transaction, api: { tenantId: string; id: string; name: string }, slug: string) {
  const callable = await tx.apiVersion.count({
    where: { tenantId: api.tenantId, apiId: api.id, state: { in: ['published', 'deprecated'] } },
  });
  if (callable === 0)
    throw new Fault('invalid_state', `Every version of “${api.name}” is retired; it takes no new subscribers.`);
  const plan = await tx.plan.findFirst({
    where: { tenantId: api.tenantId, apiId: api.id, slug, archivedAt: null },
    include: withPrices,
  });
  if (plan) return plan;
  const offered = await tx.plan.findMany({ where: { tenantId: api.tenantId, apiId: api.id, archivedAt: null } });
  throw new Fault('invalid_input', `“${api.name}” offers no plan “${slug}”.`, [
    {
      path: 'plan',
      message:
        offered.length > 0
          ? `On offer: ${offered.map((one) => one.slug).join(', ')}.`
          : 'It offers no plan at present.',
    },
  ]);
}

async function refuseSecond(
  tx: Transaction,
  pair: { tenantId: string; apiId: string; consumerTenantId: string; applicationId: string },
): Promise<void> {
  const live = await tx.subscription.findFirst({ where: { ...pair, state: { in: [...LIVE_STATES] } } });
  const state = LIVE_STATES.find((one) => one === live?.state);
  if (state) throw new Fault('conflict', ALREADY[state]);
}
