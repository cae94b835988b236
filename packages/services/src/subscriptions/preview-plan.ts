import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { priceWords } from '@parley/domain/rating/price-words';
import { type RatedLine, totalOf } from '@parley/domain/rating/rate';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { amountAtCheckout } from '../payments/amount-at-checkout.ts';
import { needsCard } from '../payments/needs-card.ts';
import { iso, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { ratedChange } from './rated-change.ts';
import { targetPlan } from './target-plan.ts';

/** Decimal whole units of the publisher's currency. */
const amount = z.string();

/**
 * What this month costs if a subscription moves to another plan now, against staying: fees to the end of the month, and the usage so
 * far, rated exactly as it will be. Changes nothing. What is called after the change is not in it.
 */
export const previewSubscriptionPlan = defineVerb({
  name: 'subscriptions.previewPlan',
  summary: 'Ask what moving a subscription to another plan now would cost this month; changes nothing.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/subscriptions/{id}/plan-preview' },
  input: z.object({ id: z.uuid(), plan: z.string().min(1, 'Choose a plan.').max(63) }),
  output: z.object({
    month: z.string(),
    at: timeShape,
    currency: z.string(),
    /** The plan's price in plain sentences; what it allows is in the catalogue. */
    words: z.array(z.string()),
    /** This month so far and its fees, by what it is for: staying, and moving now. */
    lines: z.array(z.object({ name: z.string(), stay: amount, move: amount })),
    stay: amount,
    move: amount,
    /** A card is left first (`payments.checkoutPlan`), and this much paid with it; `null` amount: nothing yet. */
    checkout: z.object({ amount: amount.nullable() }).nullable(),
  }),
  run: async ({ tx, input, tenantId, context }) => {
    const { subscription, plan } = await targetPlan(tx, tenantId, input);
    const nowMs = Date.now();
    const { month, currency, pricing, stay, move, feeNano } = await ratedChange(tx, { subscription, plan, nowMs });
    const { tenantId: publisherId } = subscription;
    const waits = await needsCard(tx, context, { publisherId, consumerTenantId: tenantId, pricing });
    const names = new Map([
      [subscription.planId, subscription.plan.name],
      [plan.id, plan.name],
    ]);
    const paysNano = waits ? amountAtCheckout(feeNano, currency) : null;
    return {
      month,
      at: iso(new Date(nowMs)),
      currency,
      words: priceWords(pricing ?? planPricingSchema.parse({}), currency),
      lines: sideBySide(stay, move, names),
      stay: formatAmount(totalOf(stay)),
      move: formatAmount(totalOf(move)),
      checkout: waits ? { amount: paysNano === null ? null : formatAmount(paysNano) } : null,
    };
  },
});

/** Each thing that is charged in either case, with both amounts, in the order in which they come up. */
function sideBySide(stay: readonly RatedLine[], move: readonly RatedLine[], plans: ReadonlyMap<string, string>) {
  const nameOf = (line: RatedLine): string => {
    const plan = plans.get(line.planId) ?? 'an earlier plan';
    if (line.kind === 'recurring') return `Fee of ${plan}`;
    return line.kind === 'usage' ? `${line.name} on ${plan}` : `Minimum of ${plan}`;
  };
  const sums = new Map<string, { stay: bigint; move: bigint }>();
  for (const [side, lines] of [
    ['stay', stay],
    ['move', move],
  ] as const) {
    for (const line of lines) {
      if (line.kind === 'trial') continue;
      const sum = sums.get(nameOf(line)) ?? { stay: 0n, move: 0n };
      sums.set(nameOf(line), { ...sum, [side]: sum[side] + line.amountNano });
    }
  }
  return [...sums].map(([name, sum]) => ({ name, stay: formatAmount(sum.stay), move: formatAmount(sum.move) }));
}
