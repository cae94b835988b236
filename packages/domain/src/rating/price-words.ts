import type { Charge, Meter, Outcome, PlanPricing, PricingRule, Tier } from '@parley/contracts/plan-pricing';
import { formatAmount } from '@parley/kernel/money';

/** What a meter's units are called, and how many of them a price is said for. */
export const METER_WORDS: Readonly<
  Record<Meter, { readonly many: string; readonly per: bigint; readonly one: string }>
> = {
  requests: { many: 'calls', per: 1n, one: 'call' },
  inputTokens: { many: 'input tokens', per: 1_000_000n, one: 'million input tokens' },
  cachedInputTokens: { many: 'cached input tokens', per: 1_000_000n, one: 'million cached input tokens' },
  cacheWriteInputTokens: {
    many: 'input tokens written to the cache',
    per: 1_000_000n,
    one: 'million input tokens written to the cache',
  },
  outputTokens: { many: 'output tokens', per: 1_000_000n, one: 'million output tokens' },
  reasoningTokens: { many: 'reasoning tokens', per: 1_000_000n, one: 'million reasoning tokens' },
  totalTokens: { many: 'tokens', per: 1_000_000n, one: 'million tokens' },
  responseBytes: { many: 'bytes of answers', per: 1_000_000_000n, one: 'gigabyte of answers' },
  cost: { many: 'of the models’ cost', per: 1n, one: 'cost of the models' },
};

/** How a call ended, in words. */
export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  ok: 'answered calls',
  cached: 'answers from the cache',
  callerAborted: 'calls the caller left',
  upstreamCut: 'answers that broke off',
  clientError: 'errors of the caller (4xx)',
  serverError: 'errors of the service (5xx)',
  refused: 'calls refused by the gateway',
};

const MILLION = 1_000_000n;

/** An amount of nano-units with its currency, every digit of it: `€0.0025`. */
export function moneyWords(nano: bigint, currency: string): string {
  const decimal = formatAmount(nano);
  const digits = Math.max(2, decimal.split('.')[1]?.length ?? 0);
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: Math.min(2, digits),
    maximumFractionDigits: digits,
  });
  return format.format(decimal as unknown as number);
}

function count(units: number | bigint): string {
  return units.toLocaleString('en');
}

/** A price per million units as people read it for the meter: per call, per million tokens, per gigabyte. */
export function rateWords(meter: Meter, nanoPerMillion: bigint, currency: string): string {
  const { per, one, many } = METER_WORDS[meter];
  const nano = nanoPerMillion * per;
  if (nano % MILLION === 0n) return `${moneyWords(nano / MILLION, currency)} per ${one}`;
  return `${moneyWords(nanoPerMillion, currency)} per million ${many}`;
}

/**
 * A price in plain sentences, in the order in which they are read: the fee, each rule, the minimum, the trial, how it is paid.
 * One sentence for a free one.
 */
export function priceWords(pricing: PlanPricing, currency: string): string[] {
  const { recurring, minimumNano, trialDays, rules, collection, card } = pricing;
  const charges = [
    ...(recurring ? [`${moneyWords(BigInt(recurring.amountNano), currency)} a month`] : []),
    ...rules.map((rule) => ruleWords(rule, currency)),
    ...(minimumNano ? [`At least ${moneyWords(BigInt(minimumNano), currency)} a month`] : []),
  ];
  if (charges.length === 0) return ['Free'];
  return [
    ...charges,
    ...(trialDays > 0 ? [trialDays === 1 ? 'The first day is free' : `The first ${trialDays} days are free`] : []),
    ...(card ? ['A card is left first'] : []),
    collection === 'prepaid' ? 'Paid from credit bought before' : 'Paid by monthly invoice',
  ];
}

/** One rule in a sentence: `First 1,000 calls a month included, then €0.002 per call`. */
export function ruleWords({ meter, models, included, charge }: PricingRule, currency: string): string {
  const words = chargeWords(meter, charge, currency);
  const free = meter === 'cost' ? moneyWords(BigInt(included), currency) : count(included);
  const counted = included > 0 ? `First ${free} ${METER_WORDS[meter].many} a month included, then ${words}` : words;
  return models.length > 0 ? `${counted} (${models.join(', ')})` : counted;
}

function chargeWords(meter: Meter, charge: Charge, currency: string): string {
  const { many } = METER_WORDS[meter];
  switch (charge.kind) {
    case 'perUnit':
      return rateWords(meter, BigInt(charge.nanoPerMillion), currency);
    case 'package':
      return `${moneyWords(BigInt(charge.nano), currency)} for every ${count(charge.size)} ${many} begun`;
    case 'markup':
      return `the models’ cost × ${formatAmount(BigInt(charge.ppm) * 1000n)}`;
    case 'graduated':
      return charge.tiers
        .map((tier, at) => `${tierSpan(charge.tiers, at, many)}: ${tierWords(tier, meter, currency)}`)
        .join('; ');
    case 'volume':
      return `by the month’s total, all at one rate: ${charge.tiers
        .map((tier, at) => `${tierSpan(charge.tiers, at, many)}: ${tierWords(tier, meter, currency)}`)
        .join('; ')}`;
  }
}

function tierSpan(tiers: readonly Tier[], at: number, many: string): string {
  const upTo = tiers[at]?.upTo ?? null;
  if (upTo !== null) return `up to ${count(upTo)} ${many}`;
  return at === 0 ? `all ${many}` : 'beyond';
}

function tierWords({ nanoPerMillion, flatNano }: Tier, meter: Meter, currency: string): string {
  const rate = nanoPerMillion === '0' && flatNano !== '0' ? '' : rateWords(meter, BigInt(nanoPerMillion), currency);
  const flat = flatNano === '0' ? '' : moneyWords(BigInt(flatNano), currency);
  return [flat, rate].filter(Boolean).join(' and ');
}

/** Which calls are billed, in one sentence. */
export function outcomesWords({ outcomes }: PlanPricing): string {
  const names = (wanted: boolean) =>
    (Object.keys(OUTCOME_WORDS) as Outcome[])
      .filter((outcome) => outcomes[outcome] === wanted)
      .map((outcome) => OUTCOME_WORDS[outcome]);
  const billed = names(true);
  const free = names(false);
  if (billed.length === 0) return 'No call is billed.';
  return `Billed: ${billed.join(', ')}.${free.length > 0 ? ` Not billed: ${free.join(', ')}.` : ''}`;
}
