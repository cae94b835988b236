import { type PlanPricing, planPricingSchema } from '@parley/contracts/plan-pricing';
import { billingMonth } from '@parley/domain/rating/billing-month';
import { type RatedLine, rate, totalOf } from '@parley/domain/rating/rate';
import type { UsageSlot } from '@parley/domain/rating/segments';
import { Fault } from '@parley/kernel/fault';
import { formatAmount, type Nano } from '@parley/kernel/money';
import { z } from 'zod';
import { MOST_GROUPS, type MonthOfSubscription, readMonth } from '../rating/read-month.ts';
import { iso, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findPlan } from './plan-shape.ts';
import { pricesAt, withPrices } from './price-shape.ts';

const MOST_SHOWN = 10;

/** Decimal whole units of the tenant's currency. */
const amount = z.string();

/**
 * What the usage of a month would have cost under a price that is only thought of, for everybody on the plan, everybody on the
 * API, or one subscription: each as if it had been on the plan all month, after its trial. Changes nothing.
 */
export const simulatePlanPrice = defineVerb({
  name: 'plans.simulatePrice',
  summary: 'Ask what last month’s usage would have cost under a price that is not set; changes nothing.',
  // Asks much, and changes nothing: a price does not fit in an address.
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/plans/{plan}/price-simulation' },
  input: z.object({
    api: z.string(),
    plan: z.string(),
    pricing: planPricingSchema,
    month: z.enum(['last', 'this']).default('last').describe('By the tenant’s calendar.'),
    usageOf: z.enum(['plan', 'api']).default('plan').describe('Calls made under this plan, or under any of the API’s.'),
    subscription: z.uuid().optional().describe('Only this one’s usage.'),
  }),
  output: z.object({
    month: z.string(),
    from: timeShape,
    until: timeShape,
    currency: z.string(),
    /** Subscriptions with usage. */
    subscriptions: z.number().int(),
    /** Under the price asked about, and under the one in force. */
    total: amount,
    totalNow: amount,
    /** What the total is made of; the units of a rule are summed over subscriptions. */
    parts: z.array(
      z.object({
        name: z.string(),
        quantity: z.string(),
        included: z.string(),
        billed: z.string(),
        amount,
      }),
    ),
    /** The dearest first. */
    dearest: z.array(
      z.object({ subscription: z.uuid(), customer: z.string(), application: z.string(), amount, amountNow: amount }),
    ),
    /** Cost of models in another currency, which no markup can charge. */
    uncharged: z.array(z.string()),
  }),
  async run({ tx, input, tenantId }) {
    const { api, row: plan } = await findPlan(tx, tenantId, input.api, input.plan);
    const { timezone, currency } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
    const nowMs = Date.now();
    const current = billingMonth(nowMs, timezone);
    const { name: month, period } =
      input.month === 'this' ? current : billingMonth(current.period.startMs - 1, timezone);
    const prices = await tx.planPrice.findMany({ where: { tenantId, planId: plan.id }, ...withPrices.prices });
    const inForce = pricesAt(prices, nowMs).price?.pricing;
    const months = await readMonth(tx, {
      tenantId,
      apiId: api.id,
      planId: input.usageOf === 'plan' ? plan.id : null,
      subscriptionId: input.subscription ?? null,
      period,
    });
    if (months === null) {
      throw new Fault(
        'invalid_state',
        `There is more usage than can be rated at once (${MOST_GROUPS} sums). Ask for one subscription.`,
      );
    }
    const under = (pricing: PlanPricing, usage: readonly UsageSlot[]) => {
      const price = { id: plan.id, currency, pricing: { ...pricing, trialDays: 0 } };
      const segment = { id: plan.id, fromMs: period.startMs, untilMs: period.endMs, planId: plan.id, price };
      const moved = usage.map((slot) => ({ ...slot, planId: plan.id, slotMs: period.startMs }));
      return rate({ period, asOfMs: period.endMs, startedMs: period.startMs, segments: [segment], usage: moved });
    };
    const free = planPricingSchema.parse({});
    const rated = months.map((one) => ({
      ...one,
      rating: under(input.pricing, one.usage),
      nowNano: totalOf(under(planPricingSchema.parse(inForce ?? free), one.usage).lines),
    }));
    const lines = rated.flatMap(({ rating }) => rating.lines);
    return {
      month,
      from: iso(new Date(period.startMs)),
      until: iso(new Date(period.endMs)),
      currency,
      subscriptions: months.length,
      total: formatAmount(totalOf(lines)),
      totalNow: formatAmount(rated.reduce((sum, { nowNano }) => sum + nowNano, 0n)),
      parts: partsOf(input.pricing, lines),
      dearest: dearest(rated.map((one) => ({ ...one, nano: totalOf(one.rating.lines) }))),
      uncharged: [...new Set(rated.flatMap(({ rating }) => rating.unrated.map((one) => one.currency)))].sort((a, b) =>
        a < b ? -1 : 1,
      ),
    };
  },
});

/** Fee, each rule in the price's order, and what minimums added. */
function partsOf({ rules }: PlanPricing, lines: readonly RatedLine[]) {
  const of = (name: string, wanted: (line: RatedLine) => boolean) => {
    const found = lines.filter(wanted);
    if (found.length === 0) return [];
    const sum = (field: 'quantity' | 'included' | 'billed') =>
      found.reduce((total, line) => total + (line.kind === 'usage' ? line[field] : 0n), 0n).toString();
    return [
      {
        name,
        quantity: sum('quantity'),
        included: sum('included'),
        billed: sum('billed'),
        amount: formatAmount(totalOf(found)),
      },
    ];
  };
  return [
    ...of('Monthly fee', ({ kind }) => kind === 'recurring'),
    ...rules.flatMap((rule) => of(rule.name, (line) => line.kind === 'usage' && line.ruleId === rule.id)),
    ...of('Up to the minimum', ({ kind }) => kind === 'minimum'),
  ];
}

function dearest(of: readonly (MonthOfSubscription & { nano: Nano; nowNano: Nano })[]) {
  return [...of]
    .sort((a, b) => (a.nano === b.nano ? (a.subscriptionId < b.subscriptionId ? -1 : 1) : a.nano > b.nano ? -1 : 1))
    .slice(0, MOST_SHOWN)
    .map(({ subscriptionId, customer, application, nano, nowNano }) => ({
      subscription: subscriptionId,
      customer,
      application,
      amount: formatAmount(nano),
      amountNow: formatAmount(nowNano),
    }));
}
