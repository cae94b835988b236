import { type Charge, METERS, type Meter, type PricingRule } from '@parley/contracts/plan-pricing';
import type { PricedSegment, UsageSlot } from './segments.ts';

/**
 * Rating as one would do it by hand, for tests only: no sums, no formulas, one unit after another in the order in which
 * they were used, every amount as a fraction, rounded when the last unit is done.
 */
export class SlowRule {
  readonly #charge: Charge;
  readonly #free: number;
  #seen = 0;

  constructor(charge: Charge, free: number) {
    this.#charge = charge;
    this.#free = free;
  }

  use(): void {
    this.#seen += 1;
  }

  /** [units counted, free ones, charged ones, nano-units]. */
  result(): [number, number, number, bigint] {
    let millionths = 0n;
    const billed = Math.max(0, this.#seen - this.#free);
    for (let unit = 1; unit <= billed; unit += 1) millionths += this.#unit(unit, billed);
    // Half away from zero: what is left over is looked at, digit by digit.
    const whole = millionths / 1_000_000n;
    const rest = millionths % 1_000_000n;
    return [this.#seen, this.#seen - billed, billed, rest >= 500_000n ? whole + 1n : whole];
  }

  #unit(unit: number, of: number): bigint {
    const charge = this.#charge;
    switch (charge.kind) {
      case 'perUnit':
        return BigInt(charge.nanoPerMillion);
      case 'markup':
        return BigInt(charge.ppm);
      case 'package':
        return (unit - 1) % charge.size === 0 ? BigInt(charge.nano) * 1_000_000n : 0n;
      case 'graduated': {
        const index = charge.tiers.findIndex(({ upTo }) => upTo === null || unit <= upTo);
        const tier = charge.tiers[index];
        const first = unit === (index === 0 ? 1 : Number(charge.tiers[index - 1]?.upTo) + 1);
        return BigInt(tier?.nanoPerMillion ?? 0) + (first ? BigInt(tier?.flatNano ?? 0) * 1_000_000n : 0n);
      }
      case 'volume': {
        const tier = charge.tiers.find(({ upTo }) => upTo === null || of <= upTo);
        return BigInt(tier?.nanoPerMillion ?? 0) + (unit === 1 ? BigInt(tier?.flatNano ?? 0) * 1_000_000n : 0n);
      }
    }
  }
}

function chargedBy(rules: readonly PricingRule[], meter: Meter, model: string): PricingRule | undefined {
  const same = rules.filter((rule) => rule.meter === meter);
  return same.find(({ models }) => models.includes(model)) ?? same.find(({ models }) => models.length === 0);
}

/** The usage lines of one price with nothing prorated: `[rule, counted, free, charged, nano-units]` for each rule in use. */
export function slowLines(price: PricedSegment['price'], usage: readonly UsageSlot[]) {
  const { rules, outcomes } = price.pricing;
  const slow = new Map(rules.map((rule) => [rule.id, new SlowRule(rule.charge, rule.included)]));
  for (const slot of usage) {
    for (const meter of METERS) {
      const rule = outcomes[slot.outcome] ? chargedBy(rules, meter, slot.model) : undefined;
      if (!rule || (meter === 'cost' && slot.currency !== price.currency)) continue;
      for (let unit = 0n; unit < slot.used[meter]; unit += 1n) slow.get(rule.id)?.use();
    }
  }
  return rules
    .map(({ id }) => [id, ...(slow.get(id) as SlowRule).result()] as const)
    .filter(([, counted]) => counted > 0);
}
