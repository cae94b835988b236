import type { Meter, PricingRule } from '@parley/contracts/plan-pricing';

/** The rules that charge a call of this model, one for each meter at most: the one that names it, else the one for all. */
export function applicableRules(rules: readonly PricingRule[], model: string): PricingRule[] {
  const named = rules.filter(({ models }) => models.includes(model));
  const taken = new Set<Meter>(named.map(({ meter }) => meter));
  return rules.filter((rule) => rule.models.includes(model) || (rule.models.length === 0 && !taken.has(rule.meter)));
}
