import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findPlan } from './plan-shape.ts';
import { planPriceOut, planPriceShape, withPrices } from './price-shape.ts';

/** Every price a plan ever had or will have, newest first; none: it is free. */
export const planPrices = defineVerb({
  name: 'plans.prices',
  summary: 'List a plan’s prices, past, present and future, newest first; a plan without one is free.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/plans/{plan}/prices' },
  input: z.object({ api: z.string(), plan: z.string() }),
  output: z.object({ items: z.array(planPriceShape) }),
  async run({ tx, input, tenantId }) {
    const { row } = await findPlan(tx, tenantId, input.api, input.plan);
    const prices = await tx.planPrice.findMany({ where: { tenantId, planId: row.id }, ...withPrices.prices });
    return { items: prices.map(planPriceOut) };
  },
});
