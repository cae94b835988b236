import { type Charge, METERS, OUTCOMES, type PlanPricing, planPricingSchema } from '@parley/contracts/plan-pricing';
import fc from 'fast-check';
import { type Quantities, quantitiesOf } from './quantities.ts';
import { SLOT_MS, type UsageSlot } from './segments.ts';

/** Prices and usage for property tests. Small enough that the slow reference can count units, rates any size. */
export const MODELS = ['', 'swift', 'large'] as const;
export const PERIOD = { startMs: Date.UTC(2026, 9, 1), endMs: Date.UTC(2026, 10, 1) };

const nano = fc
  .oneof(fc.bigInt({ min: 0n, max: 3_000_000n }), fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }))
  .map(String);

const tiers = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
    fc.array(fc.tuple(nano, nano), { minLength: 5, maxLength: 5 }),
  )
  .map(([ends, rates]) => {
    const bounds = [...ends.sort((a, b) => a - b), null];
    return bounds.map((upTo, at) => ({ upTo, nanoPerMillion: rates[at]?.[0] ?? '0', flatNano: rates[at]?.[1] ?? '0' }));
  });

export const charge: fc.Arbitrary<Charge> = fc.oneof(
  nano.map((nanoPerMillion) => ({ kind: 'perUnit' as const, nanoPerMillion })),
  tiers.map((of) => ({ kind: 'graduated' as const, tiers: of })),
  tiers.map((of) => ({ kind: 'volume' as const, tiers: of })),
  fc.record({ kind: fc.constant('package' as const), size: fc.integer({ min: 1, max: 20 }), nano }),
);
const markup = fc.record({ kind: fc.constant('markup' as const), ppm: fc.integer({ min: 0, max: 3_000_000 }) });

const rule = fc.record({
  meter: fc.constantFrom(...METERS),
  models: fc.constantFrom<string[]>([], [], ['swift'], ['large'], ['swift', 'large']),
  included: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 80 })),
  charge,
  markup,
});

/** Prices by invoice, without fee, minimum or trial. */
export const pricing: fc.Arbitrary<PlanPricing> = fc
  .tuple(
    fc.array(rule, { maxLength: 6 }),
    fc.record(Object.fromEntries(OUTCOMES.map((outcome) => [outcome, fc.boolean()]))),
  )
  .map(([drawn, outcomes]) => {
    const taken = new Set<string>();
    const rules = drawn.flatMap(({ markup: ofCost, ...one }, at) => {
      const keys = (one.models.length > 0 ? one.models : ['*']).map((model) => `${one.meter} ${model}`);
      if (keys.some((key) => taken.has(key))) return [];
      for (const key of keys) taken.add(key);
      return [{ ...one, id: `rule-${at}`, name: `Rule ${at}`, charge: one.meter === 'cost' ? ofCost : one.charge }];
    });
    return planPricingSchema.parse({ rules, outcomes });
  });

const few = fc.nat(25);

/** Of one call, as an event has it. */
export const used: fc.Arbitrary<Quantities> = fc
  .record({ plain: few, cached: few, written: few, visible: few, reasoned: few, bytes: few, cost: few })
  .map(({ plain, cached, written, visible, reasoned, bytes, cost }) =>
    quantitiesOf({
      inputTokens: plain + cached + written,
      cachedInputTokens: cached,
      cacheWriteInputTokens: written,
      outputTokens: visible + reasoned,
      reasoningTokens: reasoned,
      responseBytes: bytes,
      costNano: String(cost),
    }),
  );

export const slot = (planIds: readonly string[]): fc.Arbitrary<UsageSlot> =>
  fc.record({
    slotMs: fc
      .integer({ min: 0, max: (PERIOD.endMs - PERIOD.startMs) / SLOT_MS - 1 })
      .map((at) => PERIOD.startMs + at * SLOT_MS),
    planId: fc.constantFrom(...planIds),
    model: fc.constantFrom(...MODELS),
    outcome: fc.constantFrom(...OUTCOMES),
    currency: fc.constantFrom('EUR', 'EUR', 'USD'),
    used,
  });
