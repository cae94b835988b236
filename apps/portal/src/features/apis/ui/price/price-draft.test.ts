import { type PlanPricing, planPricingSchema } from '@parley/contracts/plan-pricing';
import { describe, expect, it } from 'vitest';
import { draftOf, draftPath, newRule, type PriceDraft, readDraft } from './price-draft.ts';

const outcomes = planPricingSchema.parse({}).outcomes;
const empty = draftOf(null, outcomes);
const read = (draft: PriceDraft) => {
  const result = readDraft(draft);
  if (!('pricing' in result)) throw new Error(JSON.stringify(result.issues));
  return planPricingSchema.parse(result.pricing);
};
const issues = (draft: PriceDraft) => {
  const result = readDraft(draft);
  return 'issues' in result ? Object.keys(result.issues) : [];
};

const EVERYTHING: PlanPricing = planPricingSchema.parse({
  recurring: { amountNano: '29500000000' },
  minimumNano: '50000000000',
  trialDays: 14,
  outcomes: { ...outcomes, clientError: true },
  rules: [
    {
      id: 'calls',
      name: 'Calls',
      meter: 'requests',
      included: 1000,
      charge: { kind: 'perUnit', nanoPerMillion: '2000000000000' },
    },
    {
      id: 'in',
      name: 'Input',
      meter: 'inputTokens',
      models: ['swift', 'large'],
      charge: { kind: 'perUnit', nanoPerMillion: '2500000000' },
    },
    { id: 'gb', name: 'Traffic', meter: 'responseBytes', charge: { kind: 'perUnit', nanoPerMillion: '100000' } },
    { id: 'cost', name: 'Models', meter: 'cost', included: 5_000_000_000, charge: { kind: 'markup', ppm: 1_125_000 } },
    { id: 'packs', name: 'Packs', meter: 'outputTokens', charge: { kind: 'package', size: 500, nano: '1000000000' } },
    {
      id: 'tiers',
      name: 'Tiers',
      meter: 'totalTokens',
      charge: {
        kind: 'graduated',
        tiers: [
          { upTo: 1000, nanoPerMillion: '0', flatNano: '5000000000' },
          { upTo: null, nanoPerMillion: '3000000000', flatNano: '0' },
        ],
      },
    },
  ],
});

describe('a price as it is typed', () => {
  it('of a price that is set says the same price again', () => {
    expect(read(draftOf(EVERYTHING, outcomes))).toEqual(EVERYTHING);
  });

  it('shows amounts in the units people think in', () => {
    const [calls, input, traffic, cost] = draftOf(EVERYTHING, outcomes).rules;
    expect([calls?.price, input?.price, traffic?.price, cost?.percent, cost?.included]).toEqual([
      '0.002',
      '2.5',
      '0.1',
      '12.5',
      '5',
    ]);
  });

  it('of nothing is free, and a new rule gets a name and a short name by itself', () => {
    expect(read(empty)).toMatchObject({ collection: 'invoice', rules: [] });
    const rules = [
      newRule('requests'),
      { ...newRule('requests'), models: 'swift', price: '1' },
      newRule('inputTokens'),
    ];
    expect(read({ ...empty, rules }).rules.map(({ id, name }) => [id, name])).toEqual([
      ['requests', 'calls'],
      ['requests-2', 'calls'],
      ['input-tokens', 'input tokens'],
    ]);
  });

  it('says beside the field what cannot be', () => {
    const rule = newRule('responseBytes');
    expect(issues({ ...empty, fee: '1,5', minimum: '-2', trialDays: 'x' })).toEqual(['fee', 'minimum', 'trialDays']);
    expect(issues({ ...empty, rules: [{ ...rule, price: '0.000001' }] })).toEqual([]);
    expect(issues({ ...empty, rules: [{ ...rule, price: '0.0000001' }] })).toEqual([`rules.${rule.key}.price`]);
    const cost = { ...newRule('cost'), percent: '12.00001' };
    expect(issues({ ...empty, rules: [cost] })).toEqual([`rules.${cost.key}.percent`]);
  });

  it('finds the field that the service means', () => {
    const rule = { ...newRule('requests'), kind: 'graduated' as const };
    const draft = { ...empty, rules: [rule] };
    const [first] = rule.tiers;
    expect(draftPath(draft, 'pricing.rules.0.charge.tiers.0.upTo')).toBe(`rules.${rule.key}.tiers.${first?.key}.upTo`);
    expect(draftPath(draft, 'pricing.rules.0.models')).toBe(`rules.${rule.key}.models`);
    expect(draftPath(draft, 'pricing.recurring')).toBe('fee');
    expect(draftPath(draft, 'effectiveFrom')).toBe('effectiveFrom');
  });
});
