import { planPricingSchema } from '@parley/contracts/plan-pricing';
import { must } from '@parley/kernel/assert';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODELS, PERIOD, used } from './arbitraries.ts';
import { callPricing, chargeOfCall, mostOfCall } from './call-charge.ts';
import { rate, totalOf } from './rate.ts';

const ANSWERED = { status: 200, code: null, abortedBy: 'none', attempts: 1 } as const;
const METERS = [
  'requests',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'reasoningTokens',
  'totalTokens',
] as const;

const prepaid = fc
  .tuple(
    fc.uniqueArray(
      fc.record({
        meter: fc.constantFrom(...METERS),
        models: fc.constantFrom<string[]>([], ['swift']),
        rate: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      }),
      { selector: ({ meter, models }) => `${meter} ${models.join()}`, maxLength: 8 },
    ),
    fc.option(fc.integer({ min: 0, max: 3_000_000 })),
  )
  .map(([rules, ppm]) =>
    planPricingSchema.parse({
      collection: 'prepaid',
      rules: [
        ...rules.map(({ meter, models, rate: perMillion }, at) => ({
          id: `rule-${at}`,
          name: 'Rule',
          meter,
          models,
          charge: { kind: 'perUnit', nanoPerMillion: String(perMillion) },
        })),
        ...(ppm === null ? [] : [{ id: 'cost', name: 'Models', meter: 'cost', charge: { kind: 'markup', ppm } }]),
      ],
    }),
  );
const call = fc.record({ model: fc.constantFrom(...MODELS), used });

describe('the charge of one call', () => {
  it('sums to what the month’s rating gives, and to less than a nano-unit more for each call', () => {
    fc.assert(
      fc.property(prepaid, fc.array(call, { maxLength: 20 }), (of, calls) => {
        const pricing = callPricing(of);
        const charged = calls.reduce((sum, one) => sum + chargeOfCall(pricing, one.model, ANSWERED, one.used), 0n);
        const usage = calls.map((one) => ({
          ...one,
          slotMs: PERIOD.startMs,
          planId: 'plan-a',
          outcome: 'ok' as const,
          currency: 'EUR',
        }));
        const price = { id: 'price-a', currency: 'EUR', pricing: of };
        const segments = [{ id: 'segment-a', fromMs: PERIOD.startMs, untilMs: null, planId: 'plan-a', price }];
        const { lines } = rate({ period: PERIOD, asOfMs: PERIOD.endMs, startedMs: PERIOD.startMs, segments, usage });
        // Half a nano-unit for each line that was rounded up.
        expect(charged * 2n + BigInt(lines.length) >= totalOf(lines) * 2n).toBe(true);
        expect(charged - totalOf(lines) <= BigInt(calls.length + lines.length)).toBe(true);
      }),
    );
  });

  it('is never more than the most it was let in with', () => {
    fc.assert(
      fc.property(prepaid, call, (of, { model, used: actual }) => {
        const pricing = callPricing(of);
        const most = mostOfCall(pricing, model, {
          inputTokens: Number(actual.totalTokens - actual.outputTokens),
          outputTokens: Number(actual.outputTokens),
          costNano: actual.cost,
        });
        expect(chargeOfCall(pricing, model, ANSWERED, actual) <= most).toBe(true);
      }),
    );
  });

  it('is nothing where the plan does not bill how it ended', () => {
    const of = planPricingSchema.parse({
      collection: 'prepaid',
      rules: [
        { id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '5000000' } },
      ],
    });
    const [one] = fc.sample(used, 1);
    const charge = (end: object) => chargeOfCall(callPricing(of), '', { ...ANSWERED, ...end }, must(one, 'a sample'));
    expect(charge({})).toBe(5n);
    expect(charge({ cache: 'hit', attempts: 0 })).toBe(5n);
    expect(charge({ abortedBy: 'client' })).toBe(5n);
    expect(charge({ abortedBy: 'upstream' })).toBe(0n);
    expect(charge({ status: 404 })).toBe(0n);
    expect(charge({ status: 503, code: 'upstream_unreachable' })).toBe(0n);
    expect(charge({ status: 429, code: 'rate_limited', attempts: 0 })).toBe(0n);
  });

  it('is not to be had of a plan that is paid by invoice', () => {
    expect(() => callPricing(planPricingSchema.parse({}))).toThrow(RangeError);
  });
});
