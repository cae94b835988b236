import { planPricingSchema } from '@parley/contracts/plan-pricing';
import type { CreditSnapshot, SubscriptionSnapshot } from '@parley/contracts/snapshot';
import { callPricing } from '@parley/domain/rating/call-charge';
import { formatAmount } from '@parley/kernel/money';
import { Calendar, type CompiledRule } from '../ports/limiter/rule.ts';
import type { CompiledCredit, CompiledSubscription, CreditStep } from './compiled.ts';

/** A customer's credit as one more limit of cost: what its calls are charged in total, counted where budgets of the publisher are. */
function creditRule(limitNano: string, currency: string): CompiledRule {
  return {
    kind: 'quota',
    name: 'credit',
    scope: 'tenant',
    tag: '',
    counts: 'cost',
    amount: Number(limitNano),
    currency,
    periodMs: 0,
    burst: 0,
    calendar: new Calendar('total', 'UTC'),
    shadow: false,
    restored: true,
    openWhenDown: false,
    identity: 'credit',
    refusalCode: 'billing_credit_spent',
    message: `The credit that this plan is paid from is ${formatAmount(BigInt(limitNano))} ${currency} in all`,
    credit: true,
  };
}

function stepsOf({ limits, currency }: CreditSnapshot): CreditStep[] {
  return limits.map(({ limitNano, untilMs }) => ({
    untilMs: untilMs ?? Number.POSITIVE_INFINITY,
    rule: creditRule(limitNano, currency),
  }));
}

/** Makes what a subscription's calls are charged ready for single calls. */
export function compileCredit({ credit, planId }: SubscriptionSnapshot): CompiledSubscription['credit'] {
  if (credit === undefined) return null;
  const prices: CompiledCredit['prices'][number][] = [];
  for (const { fromMs, pricing } of credit.prices) {
    const read = pricing === null ? null : planPricingSchema.safeParse(pricing);
    if (read?.success === false || read?.data.collection === 'invoice') return 'broken';
    prices.push({ planId, fromMs, pricing: read === null ? null : callPricing(read.data) });
  }
  return { currency: credit.currency, steps: stepsOf(credit), prices };
}
