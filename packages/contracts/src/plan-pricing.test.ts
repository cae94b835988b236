import { describe, expect, it } from 'vitest';
import { planPricingSchema } from './plan-pricing.ts';

const rule = (more: object = {}) => ({
  id: 'calls',
  name: 'Calls',
  meter: 'requests',
  charge: { kind: 'perUnit', nanoPerMillion: '1' },
  ...more,
});
const issues = (pricing: object) =>
  (planPricingSchema.safeParse(pricing).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('the price of a plan', () => {
  it('of nothing said is free, by invoice, with the outcomes that are billed written down', () => {
    expect(planPricingSchema.parse({})).toEqual({
      collection: 'invoice',
      trialDays: 0,
      rules: [],
      outcomes: {
        ok: true,
        cached: true,
        callerAborted: true,
        upstreamCut: false,
        clientError: false,
        serverError: false,
        refused: false,
      },
    });
  });

  it('has amounts that are whole, not negative and no numbers', () => {
    for (const amountNano of ['-1', '1.5', '01', '', '1e3', '1000000000000000000', 5]) {
      expect(issues({ recurring: { amountNano } })).toEqual(['recurring.amountNano']);
    }
    expect(issues({ recurring: { amountNano: '999999999999999999' } })).toEqual([]);
  });

  it('counts nothing twice by one meter', () => {
    expect(issues({ rules: [rule(), rule({ id: 'again' })] })).toEqual(['rules.1.models']);
    expect(issues({ rules: [rule({ models: ['a', 'b'] }), rule({ id: 'b', models: ['b'] })] })).toEqual([
      'rules.1.models',
    ]);
    expect(issues({ rules: [rule(), rule()] })).toEqual(['rules.1.id', 'rules.1.models']);
    expect(issues({ rules: [rule({ models: ['a'] }), rule({ id: 'rest' })] })).toEqual([]);
  });

  it('has tiers that rise and have no end', () => {
    const tier = (upTo: number | null) => ({ upTo, nanoPerMillion: '1' });
    const of = (...ends: (number | null)[]) =>
      issues({ rules: [rule({ charge: { kind: 'graduated', tiers: ends.map(tier) } })] });
    expect(of(10, 20, null)).toEqual([]);
    expect(of(10, 20)).toEqual(['rules.0.charge.tiers.1.upTo']);
    expect(of(10, 10, null)).toEqual(['rules.0.charge.tiers.1.upTo']);
    expect(of(null, null)).toEqual(['rules.0.charge.tiers.0.upTo']);
    expect(of()).toEqual(['rules.0.charge.tiers']);
  });

  it('charges a cost by markup, and nothing else by it', () => {
    expect(issues({ rules: [rule({ meter: 'cost' })] })).toEqual(['rules.0.charge']);
    expect(issues({ rules: [rule({ charge: { kind: 'markup', ppm: 1 } })] })).toEqual(['rules.0.charge']);
  });

  it('of a prepaid plan shows at the end of each call', () => {
    const prepaid = (more: object) => issues({ collection: 'prepaid', ...more });
    expect(prepaid({ rules: [rule()] })).toEqual([]);
    expect(prepaid({ recurring: { amountNano: '1' }, minimumNano: '1', trialDays: 1 })).toEqual([
      'recurring',
      'minimumNano',
      'trialDays',
    ]);
    expect(prepaid({ rules: [rule({ included: 1, charge: { kind: 'package', size: 1, nano: '1' } })] })).toEqual([
      'rules.0.included',
      'rules.0.charge',
    ]);
    expect(prepaid({ rules: [rule({ meter: 'responseBytes' })] })).toEqual(['rules.0.meter']);
  });
});
