import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { describe, expect, it } from 'vitest';
import { moneyWords, outcomesWords, priceWords } from './price-words.ts';

const rule = (id: string, meter: string, charge: object, more: object = {}) => ({
  id,
  name: id,
  meter,
  charge,
  ...more,
});

describe('a price in words', () => {
  it('says fee, rules, minimum, trial and how it is paid', () => {
    const pricing = planPricingSchema.parse({
      recurring: { amountNano: '29000000000' },
      minimumNano: '50000000000',
      trialDays: 14,
      rules: [
        rule('calls', 'requests', { kind: 'perUnit', nanoPerMillion: '2000000000000' }, { included: 1000 }),
        rule('input', 'inputTokens', { kind: 'perUnit', nanoPerMillion: '2500000000' }, { models: ['swift'] }),
        rule('traffic', 'responseBytes', { kind: 'package', size: 1_000_000_000, nano: '100000000' }),
        rule('models', 'cost', { kind: 'markup', ppm: 1_200_000 }),
      ],
    });
    expect(priceWords(pricing, 'EUR')).toEqual([
      '€29.00 a month',
      'First 1,000 calls a month included, then €0.002 per call',
      '€2.50 per million input tokens (swift)',
      '€0.10 for every 1,000,000,000 bytes of answers begun',
      'the models’ cost × 1.2',
      'At least €50.00 a month',
      'The first 14 days are free',
      'Paid by monthly invoice',
    ]);
  });

  it('says tiers one after another', () => {
    const tiers = [
      { upTo: 1000, nanoPerMillion: '0', flatNano: '5000000000' },
      { upTo: null, nanoPerMillion: '3000000000000' },
    ];
    const words = (kind: string) =>
      priceWords(planPricingSchema.parse({ rules: [rule('calls', 'requests', { kind, tiers })] }), 'USD')[0];
    expect(words('graduated')).toBe('up to 1,000 calls: $5.00; beyond: $0.003 per call');
    expect(words('volume')).toBe(
      'by the month’s total, all at one rate: up to 1,000 calls: $5.00; beyond: $0.003 per call',
    );
  });

  it('of nothing is that it is free, and of which calls are billed is a sentence', () => {
    expect(priceWords(planPricingSchema.parse({}), 'EUR')).toEqual(['Free']);
    expect(outcomesWords(planPricingSchema.parse({}))).toBe(
      'Billed: answered calls, answers from the cache, calls the caller left. Not billed: answers that broke off, errors of the caller (4xx), errors of the service (5xx), calls refused by the gateway.',
    );
  });

  it('writes every digit of an amount', () => {
    expect(moneyWords(1n, 'EUR')).toBe('€0.000000001');
    expect(moneyWords(999_999_999_999_999_999n, 'USD')).toBe('$999,999,999.999999999');
    expect(moneyWords(-2_500_000_000n, 'USD')).toBe('-$2.50');
  });
});
