import type { Meter, PlanPricing, PricingRule } from '@parley/contracts/plan-pricing';
import type { Nano } from '@parley/kernel/money';
import { applicableRules } from './applicable-rules.ts';
import { type EndOfCall, outcomeOf } from './outcome.ts';
import type { Quantities } from './quantities.ts';

const MILLION = 1_000_000n;
const NO_RATES: CallRates = new Map();

/** Nano-units per million units of each meter, of the rules that one model's calls fall under. */
export type CallRates = ReadonlyMap<Meter, bigint>;

/** The price of a prepaid plan, made ready once per snapshot. */
export interface CallPricing {
  readonly outcomes: PlanPricing['outcomes'];
  /** Of calls of models that no rule names. */
  readonly others: CallRates;
  readonly byModel: ReadonlyMap<string, CallRates>;
}

/** Makes a price ready to charge single calls. Throws a `RangeError` where only a month's end tells (not prepaid). */
export function callPricing({ rules, outcomes, collection }: PlanPricing): CallPricing {
  if (collection !== 'prepaid') throw new RangeError('Only prepaid plans charge call by call.');
  const models = new Set(rules.flatMap((rule) => rule.models));
  const byModel = new Map([...models].map((model) => [model, ratesOf(applicableRules(rules, model))]));
  return { outcomes, others: ratesOf(applicableRules(rules, '')), byModel };
}

function ratesOf(rules: readonly PricingRule[]): CallRates {
  if (rules.length === 0) return NO_RATES;
  return new Map(rules.map(({ meter, charge }) => [meter, perMillion(charge)]));
}

function perMillion(charge: PricingRule['charge']): bigint {
  if (charge.kind === 'perUnit') return BigInt(charge.nanoPerMillion);
  if (charge.kind === 'markup') return BigInt(charge.ppm);
  throw new RangeError(`What a call costs by “${charge.kind}” shows only at the end of the month.`);
}

/**
 * What one call that has ended costs, in nano-units, rounded up: so the calls' charges never sum to less than the month's
 * rating of them, and exceed it by less than a nano-unit each.
 */
export function chargeOfCall(pricing: CallPricing, model: string, end: EndOfCall, used: Quantities): Nano {
  if (!pricing.outcomes[outcomeOf(end)]) return 0n;
  let millionths = 0n;
  for (const [meter, rate] of pricing.byModel.get(model) ?? pricing.others) {
    millionths += used[meter] * rate;
  }
  return (millionths + MILLION - 1n) / MILLION;
}

/** What is known of a call when it is let in: the most tokens it may read and write, and the most it may cost. */
export interface MostOfCall {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Nano-units. */
  readonly costNano: Nano;
}

/** The most one call can cost, in nano-units, rounded up: all its input in the dearest class, all its output reasoned. */
export function mostOfCall(pricing: CallPricing, model: string, most: MostOfCall): Nano {
  const rates = pricing.byModel.get(model) ?? pricing.others;
  const rate = (meter: Meter) => rates.get(meter) ?? 0n;
  const input = BigInt(most.inputTokens);
  const output = BigInt(most.outputTokens);
  const dearestInput = max(rate('inputTokens'), rate('cachedInputTokens'), rate('cacheWriteInputTokens'));
  const millionths =
    rate('requests') +
    input * dearestInput +
    output * (rate('outputTokens') + rate('reasoningTokens')) +
    (input + output) * rate('totalTokens') +
    most.costNano * rate('cost');
  return (millionths + MILLION - 1n) / MILLION;
}

function max(...values: bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), 0n);
}
