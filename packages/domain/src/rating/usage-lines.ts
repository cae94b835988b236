import type { Meter, PricingRule } from '@parley/contracts/plan-pricing';
import type { Nano } from '@parley/kernel/money';
import { applicableRules } from './applicable-rules.ts';
import { chargeAmount } from './charge-amount.ts';
import type { PricedSegment, UsageSlot } from './segments.ts';

/** What one rule charges: `quantity` units were counted, `included` of them cost nothing, `billed` are charged. */
export interface UsageLine {
  readonly ruleId: string;
  readonly name: string;
  readonly meter: Meter;
  readonly quantity: bigint;
  readonly included: bigint;
  readonly billed: bigint;
  readonly amountNano: Nano;
}

/**
 * The lines of one price for the usage of its segment, in the order of its rules; a rule that counted nothing has none.
 * `share` prorates a month's included units.
 */
export function usageLines(
  price: PricedSegment['price'],
  usage: readonly UsageSlot[],
  share: (amount: bigint) => bigint,
) {
  const { rules, outcomes } = price.pricing;
  const counted = new Map<PricingRule, bigint>();
  const foreign = new Map<PricingRule, Map<string, bigint>>();
  for (const { model, outcome, currency, used } of usage) {
    if (!outcomes[outcome]) continue;
    for (const rule of applicableRules(rules, model)) {
      const quantity = used[rule.meter];
      if (quantity === 0n) continue;
      if (rule.meter !== 'cost' || currency === price.currency) add(counted, rule, quantity);
      else add(inner(foreign, rule), currency, quantity);
    }
  }
  const rated = rules.flatMap((rule): UsageLine[] => {
    const quantity = counted.get(rule) ?? 0n;
    return quantity === 0n ? [] : [usageLine(rule, quantity, share(BigInt(rule.included)))];
  });
  const unrated = rules.flatMap((rule) =>
    [...(foreign.get(rule) ?? [])]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, quantity]) => ({ priceId: price.id, ruleId: rule.id, meter: rule.meter, currency, quantity })),
  );
  return { rated, unrated };
}

function usageLine({ id, name, meter, charge }: PricingRule, quantity: bigint, free: bigint): UsageLine {
  const included = quantity < free ? quantity : free;
  const billed = quantity - included;
  return { ruleId: id, name, meter, quantity, included, billed, amountNano: chargeAmount(charge, billed) };
}

function add<K>(sums: Map<K, bigint>, key: K, quantity: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + quantity);
}

function inner<K>(maps: Map<K, Map<string, bigint>>, key: K): Map<string, bigint> {
  const found = maps.get(key) ?? new Map<string, bigint>();
  maps.set(key, found);
  return found;
}
