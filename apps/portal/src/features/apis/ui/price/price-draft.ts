import type { Meter, Outcome, PlanPricing, PricingRule } from '@parley/contracts/plan-pricing';
import { METER_WORDS } from '@parley/domain/rating/price-words';
import { formatAmount, parseAmount } from '@parley/kernel/money';

/** A price as it is typed: amounts in whole units of the currency, for as many units as people think in. */
export interface PriceDraft {
  readonly collection: 'invoice' | 'prepaid';
  /** A card is left first; only where invoices are sent. */
  readonly cardFirst: boolean;
  readonly fee: string;
  readonly minimum: string;
  readonly trialDays: string;
  readonly rules: readonly RuleDraft[];
  readonly outcomes: Readonly<Record<Outcome, boolean>>;
}

export type ChargeKind = PricingRule['charge']['kind'];

export interface RuleDraft {
  readonly key: number;
  /** Of a rule that was saved before: it stays, so that invoices name the same thing by it. */
  readonly id: string;
  readonly name: string;
  readonly meter: Meter;
  readonly models: string;
  /** Units, or an amount where the models' cost is counted. */
  readonly included: string;
  readonly kind: ChargeKind;
  /** Per unit, or of a package. */
  readonly price: string;
  readonly size: string;
  /** Of a markup: what comes on top of the cost, in percent. */
  readonly percent: string;
  readonly tiers: readonly TierDraft[];
}

export interface TierDraft {
  readonly key: number;
  readonly upTo: string;
  readonly price: string;
  readonly flat: string;
}

/** A sentence beside a field of the draft, by its path. */
export type DraftIssues = Readonly<Record<string, string>>;

const MILLION = 1_000_000n;
/** Parts in a million, of nano-units of a percent. */
const NANO_PERCENT_PER_PPM = 100_000n;

let lastKey = 0;
const nextKey = (): number => ++lastKey;

export const NEW_TIER = (): TierDraft => ({ key: nextKey(), upTo: '', price: '', flat: '' });

/** A rule to begin with. */
export function newRule(meter: Meter): RuleDraft {
  return {
    key: nextKey(),
    id: '',
    name: '',
    meter,
    models: '',
    included: '',
    kind: meter === 'cost' ? 'markup' : 'perUnit',
    price: '',
    size: '1000',
    percent: '20',
    tiers: [{ ...NEW_TIER(), upTo: '1000' }, NEW_TIER()],
  };
}

/** The draft of a price that is set; of none, a monthly fee alone to fill in. */
export function draftOf(pricing: PlanPricing | null, outcomes: PlanPricing['outcomes']): PriceDraft {
  return {
    collection: pricing?.collection ?? 'invoice',
    cardFirst: pricing?.card === 'required',
    fee: amountText(pricing?.recurring?.amountNano),
    minimum: amountText(pricing?.minimumNano),
    trialDays: pricing?.trialDays ? String(pricing.trialDays) : '',
    rules: (pricing?.rules ?? []).map(ruleDraft),
    outcomes: pricing?.outcomes ?? outcomes,
  };
}

function ruleDraft(rule: PricingRule): RuleDraft {
  const { id, name, meter, models, included, charge } = rule;
  const blank = newRule(meter);
  const shared = {
    ...blank,
    id,
    name,
    models: models.join(', '),
    included: included === 0 ? '' : meter === 'cost' ? formatAmount(BigInt(included)) : String(included),
    kind: charge.kind,
  };
  switch (charge.kind) {
    case 'perUnit':
      return { ...shared, price: rateText(meter, charge.nanoPerMillion) };
    case 'package':
      return { ...shared, price: amountText(charge.nano), size: String(charge.size) };
    case 'markup':
      return { ...shared, percent: formatAmount((BigInt(charge.ppm) - MILLION) * NANO_PERCENT_PER_PPM) };
    default:
      return {
        ...shared,
        tiers: charge.tiers.map(({ upTo, nanoPerMillion, flatNano }) => ({
          key: nextKey(),
          upTo: upTo === null ? '' : String(upTo),
          price: nanoPerMillion === '0' ? '' : rateText(meter, nanoPerMillion),
          flat: flatNano === '0' ? '' : amountText(flatNano),
        })),
      };
  }
}

/** The price a draft says, or what is wrong with it, by `rules.<key>.price` and the like. */
export function readDraft(draft: PriceDraft): { pricing: PlanPricing } | { issues: DraftIssues } {
  const issues: Record<string, string> = {};
  const amount = (text: string, path: string): string => {
    const nano = parseAmount(text.trim() === '' ? '0' : text);
    if (nano === null || nano < 0n) issues[path] = 'A plain amount like 2.50, at most nine decimals.';
    return (nano ?? 0n).toString();
  };
  const units = (text: string, path: string): number => {
    const plain = text.replaceAll(/[\s,]/g, '');
    if (!/^\d{0,15}$/.test(plain)) issues[path] = 'A whole number.';
    return Number(plain) || 0;
  };
  const rate = (text: string, meter: Meter, path: string): string => {
    const millionths = BigInt(amount(text, path)) * MILLION;
    const { per, one } = METER_WORDS[meter];
    if (millionths % per !== 0n) issues[path] = `Too fine a price per ${one}: leave out the last decimals.`;
    return (millionths / per).toString();
  };
  const taken = new Set(draft.rules.map(({ id }) => id));
  const charge = (rule: RuleDraft, path: string): PricingRule['charge'] => {
    const { kind, meter } = rule;
    if (kind === 'markup') {
      const percent = parseAmount(rule.percent.trim() === '' ? '0' : rule.percent);
      if (percent === null || percent % NANO_PERCENT_PER_PPM !== 0n || percent < -100n * 1_000_000_000n) {
        issues[`${path}.percent`] = 'A percentage like 20 or 12.5.';
        return { kind, ppm: 0 };
      }
      return { kind, ppm: Number(MILLION + percent / NANO_PERCENT_PER_PPM) };
    }
    if (kind === 'perUnit') return { kind, nanoPerMillion: rate(rule.price, meter, `${path}.price`) };
    if (kind === 'package') {
      return { kind, size: units(rule.size, `${path}.size`), nano: amount(rule.price, `${path}.price`) };
    }
    return {
      kind,
      tiers: rule.tiers.map((tier, at) => ({
        upTo: at === rule.tiers.length - 1 ? null : units(tier.upTo, `${path}.tiers.${tier.key}.upTo`),
        nanoPerMillion: rate(tier.price, meter, `${path}.tiers.${tier.key}.price`),
        flatNano: amount(tier.flat, `${path}.tiers.${tier.key}.flat`),
      })),
    };
  };
  const rules = draft.rules.map((rule): PricingRule => {
    const path = `rules.${rule.key}`;
    const included =
      rule.meter === 'cost'
        ? Number(amount(rule.included, `${path}.included`))
        : units(rule.included, `${path}.included`);
    return {
      id: rule.id || freshId(rule.meter, taken),
      name: rule.name.trim() || METER_WORDS[rule.meter].many,
      meter: rule.meter,
      models: rule.models
        .split(',')
        .map((model) => model.trim())
        .filter(Boolean),
      included,
      charge: charge(rule, path),
    };
  });
  const fee = amount(draft.fee, 'fee');
  const minimum = amount(draft.minimum, 'minimum');
  const pricing: PlanPricing = {
    collection: draft.collection,
    ...(draft.cardFirst && draft.collection === 'invoice' ? { card: 'required' as const } : {}),
    ...(fee === '0' ? {} : { recurring: { amountNano: fee } }),
    ...(minimum === '0' ? {} : { minimumNano: minimum }),
    trialDays: units(draft.trialDays, 'trialDays'),
    rules,
    outcomes: draft.outcomes,
  };
  return Object.keys(issues).length > 0 ? { issues } : { pricing };
}

/** `requests`, `requests-2`, …: a short name nobody has to think of. */
function freshId(meter: Meter, taken: Set<string>): string {
  const base = meter.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
  taken.add(id);
  return id;
}

/** Where an issue of the service's (`rules.0.charge.tiers.1.upTo`) stands in the draft. */
export function draftPath(draft: PriceDraft, path: string): string {
  const [, at, field, , tier, part] =
    path.match(/^pricing\.rules\.(\d+)(?:\.(\w+)(?:\.(tiers)\.(\d+)\.(\w+))?)?/) ?? [];
  const rule = at === undefined ? undefined : draft.rules[Number(at)];
  if (rule && field === 'charge' && tier !== undefined) {
    return `rules.${rule.key}.tiers.${rule.tiers[Number(tier)]?.key}.${part}`;
  }
  if (rule) return `rules.${rule.key}.${field ?? 'charge'}`;
  const names: Readonly<Record<string, string>> = { recurring: 'fee', minimumNano: 'minimum', trialDays: 'trialDays' };
  return names[path.split('.')[1] ?? ''] ?? path;
}

function amountText(nano: string | undefined): string {
  return nano === undefined ? '' : formatAmount(BigInt(nano));
}

function rateText(meter: Meter, nanoPerMillion: string): string {
  const nano = BigInt(nanoPerMillion) * METER_WORDS[meter].per;
  // A price set by other means may be finer than an amount can say for this many units.
  return formatAmount(nano / MILLION);
}
