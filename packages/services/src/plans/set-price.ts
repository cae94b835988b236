import { type PlanPricing, planPricingSchema } from '@parley/contracts/plan-pricing';
import type { Transaction } from '@parley/db/client';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { asJson } from '../given.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findPlan } from './plan-shape.ts';
import { planPriceOut, planPriceShape } from './price-shape.ts';

/** A page filled in a moment ago still means “now”. */
const TOLERANCE_MS = 60_000;

/**
 * Sets what a plan costs, from now or from a later moment on, in the tenant's currency. Prices that were set before stay as they
 * are; those on the plan move at the next full quarter of an hour, or keep their price.
 */
export const setPlanPrice = defineVerb({
  name: 'plans.setPrice',
  summary:
    'Set what a plan costs from now or a later moment on; what was used before stays at the price it was used at.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/plans/{plan}/prices' },
  input: z.object({
    api: z.string(),
    plan: z.string(),
    pricing: planPricingSchema,
    effectiveFrom: timeShape.optional().describe('Now, when not given.'),
    forSubscribers: z
      .boolean()
      .default(true)
      .describe('Whether those who are on the plan move to it as well, at the next full quarter of an hour.'),
  }),
  output: planPriceShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { api, row: plan } = await findPlan(tx, tenantId, input.api, input.plan);
    const { currency } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { currency: true } });
    await refuseForeignCost(tx, tenantId, input.pricing, currency);
    // Prices that were set before may say so, and are kept.
    if (input.pricing.collection === 'prepaid' && input.pricing.outcomes.refused) {
      throw wrongField(
        'pricing.outcomes.refused',
        'A prepaid plan cannot charge refused calls: nothing is held of the credit for them.',
      );
    }
    const now = new Date();
    const asked = input.effectiveFrom === undefined ? now : new Date(input.effectiveFrom);
    if (asked.getTime() < now.getTime() - TOLERANCE_MS) {
      throw wrongField('effectiveFrom', 'A price cannot begin in the past: what was used then has its price.');
    }
    const effectiveFrom = asked < now ? now : asked;
    // One at a time, so that each begins after the one before it.
    await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`plan-price:${plan.id}`}, 0))::text`;
    const last = await tx.planPrice.findFirst({ where: { tenantId, planId: plan.id }, orderBy: { number: 'desc' } });
    if (last && last.effectiveFrom >= effectiveFrom) {
      const begins = `${last.effectiveFrom.toISOString().slice(0, 16).replace('T', ' at ')} UTC`;
      throw wrongField('effectiveFrom', `A price that begins on ${begins} is set already. Begin after that.`);
    }
    const row = await tx.planPrice.create({
      data: {
        tenantId,
        id: newId(),
        planId: plan.id,
        number: (last?.number ?? 0) + 1,
        currency,
        pricing: asJson(input.pricing),
        effectiveFrom,
        forSubscribers: input.forSubscribers,
        createdById: context.userId,
      },
    });
    const out = planPriceOut(row);
    await audit({
      subject: { kind: 'plan', id: plan.id, label: `${api.name} · ${plan.name}` },
      detail: { ...out, api: api.slug, plan: plan.slug },
    });
    await announce('snapshot.tenant', { tenantId });
    const prepaid = [last?.pricing, input.pricing].some((pricing) => collectionOf(pricing) === 'prepaid');
    if (prepaid) await tellSubscribers(tx, tenantId, plan.id);
    return out;
  },
});

function collectionOf(pricing: unknown): unknown {
  return pricing !== null && typeof pricing === 'object' && 'collection' in pricing ? pricing.collection : undefined;
}

/** Gateways charge calls on plans paid from credit themselves: they must know the price before it holds. */
async function tellSubscribers(tx: Transaction, tenantId: string, planId: string): Promise<void> {
  const rows = await tx.subscription.findMany({
    where: { tenantId, planId, state: { in: ['approved', 'suspended'] } },
    distinct: ['applicationId'],
    select: { applicationId: true, consumerTenantId: true },
  });
  if (rows.length === 0) return;
  await tx.outboxEntry.createMany({
    data: rows.map(({ applicationId, consumerTenantId }) => ({
      tenantId,
      topic: 'snapshot.application',
      payload: { tenantId: consumerTenantId, applicationId },
    })),
  });
}

/** A markup on costs in another currency could never be charged. */
async function refuseForeignCost(
  tx: Transaction,
  tenantId: string,
  { rules }: PlanPricing,
  currency: string,
): Promise<void> {
  const at = rules.findIndex(({ meter }) => meter === 'cost');
  if (at === -1) return;
  const priced = await tx.modelPrice.findMany({
    where: { tenantId },
    distinct: ['currency'],
    select: { currency: true },
  });
  if (priced.length === 0 || priced.some((one) => one.currency === currency)) return;
  const others = priced.map((one) => one.currency).join(', ');
  throw wrongField(
    `pricing.rules.${at}.meter`,
    `The models cost ${others}, and this tenant charges ${currency}: charge per unit, or price the models in ${currency}.`,
  );
}
