import { type PlanPricing, planPricingSchema } from '@parley/contracts/plan-pricing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERIOD, pricing, slot } from './arbitraries.ts';
import type { Quantities } from './quantities.ts';
import { rate, totalOf } from './rate.ts';
import { type PricedSegment, SLOT_MS, type UsageSlot } from './segments.ts';
import { slowLines } from './slow-reference.ts';

const DAY_MS = 86_400_000;
const EUR = 1_000_000_000n;
const NOTHING: Quantities = {
  requests: 0n,
  inputTokens: 0n,
  cachedInputTokens: 0n,
  cacheWriteInputTokens: 0n,
  outputTokens: 0n,
  reasoningTokens: 0n,
  totalTokens: 0n,
  responseBytes: 0n,
  cost: 0n,
};

const priced = (of: PlanPricing, id = 'price-a') => ({ id, currency: 'EUR', pricing: of });
const segment = (of: PlanPricing, more: Partial<PricedSegment> = {}): PricedSegment => ({
  id: 'segment-a',
  fromMs: PERIOD.startMs,
  untilMs: null,
  planId: 'plan-a',
  price: priced(of),
  ...more,
});
const month = (segments: PricedSegment[], usage: UsageSlot[], more: { asOfMs?: number; startedMs?: number } = {}) =>
  rate({ period: PERIOD, asOfMs: PERIOD.endMs, startedMs: PERIOD.startMs, segments, usage, ...more });
const requests = (day: number, count: number, planId = 'plan-a'): UsageSlot => ({
  slotMs: PERIOD.startMs + (day - 1) * DAY_MS,
  planId,
  model: '',
  outcome: 'ok',
  currency: 'EUR',
  used: { ...NOTHING, requests: BigInt(count) },
});
const perRequest = (nano: bigint, more: object = {}) =>
  planPricingSchema.parse({
    rules: [
      {
        id: 'calls',
        name: 'Calls',
        meter: 'requests',
        charge: { kind: 'perUnit', nanoPerMillion: String(nano * 1_000_000n) },
      },
    ],
    ...more,
  });

describe('rating of a month', () => {
  it('is what counting one unit after another gives, for any price and any usage', () => {
    fc.assert(
      fc.property(pricing, fc.array(slot(['plan-a']), { maxLength: 8 }), (of, usage) => {
        const { lines } = month([segment(of)], usage);
        const asCounted = lines.flatMap((line) =>
          line.kind === 'usage'
            ? [[line.ruleId, Number(line.quantity), Number(line.included), Number(line.billed), line.amountNano]]
            : [],
        );
        expect(asCounted).toEqual(slowLines(priced(of), usage));
      }),
      { numRuns: 400 },
    );
  });

  it('is the same however the same usage is split over time and in whatever order it comes', () => {
    const spread = fc.array(fc.tuple(slot(['plan-a']), fc.array(fc.nat(2975), { minLength: 1, maxLength: 5 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(pricing, spread, fc.infiniteStream(fc.nat()), (of, usage, order) => {
        const whole = usage.map(([one]) => one);
        const split = usage.flatMap(([one, times]) => splitOver(one, times));
        const shuffled = split.map((one) => ({ one, by: order.next().value })).sort((a, b) => a.by - b.by);
        const segments = [segment(of)];
        expect(
          month(
            segments,
            shuffled.map(({ one }) => one),
          ),
        ).toEqual(month(segments, whole));
      }),
      { numRuns: 300 },
    );
  });

  it('rounds once for a line: a third of a nano-unit, three times, is one', () => {
    const third = planPricingSchema.parse({
      rules: [{ id: 'calls', name: 'Calls', meter: 'requests', charge: { kind: 'perUnit', nanoPerMillion: '333334' } }],
    });
    const { lines } = month([segment(third)], [requests(1, 1), requests(2, 1), requests(3, 1)]);
    expect(lines).toHaveLength(1);
    expect(totalOf(lines)).toBe(1n);
  });

  it('names rule, price version, quantities and the time of every line', () => {
    const of = perRequest(2n, { recurring: { amountNano: '3100' } });
    of.rules[0] = { ...(of.rules[0] as PlanPricing['rules'][number]), included: 10 };
    const place = {
      segmentId: 'segment-a',
      priceId: 'price-a',
      planId: 'plan-a',
      currency: 'EUR',
      fromMs: PERIOD.startMs,
      untilMs: PERIOD.endMs,
    };
    expect(month([segment(of)], [requests(4, 25)]).lines).toEqual([
      { kind: 'recurring', ...place, amountNano: 3100n },
      {
        kind: 'usage',
        ...place,
        ruleId: 'calls',
        name: 'Calls',
        meter: 'requests',
        quantity: 25n,
        included: 10n,
        billed: 15n,
        amountNano: 30n,
      },
    ]);
  });

  it('says what it cannot charge: a cost in another currency is never taken for one in its own', () => {
    const of = planPricingSchema.parse({
      rules: [{ id: 'cost', name: 'Models', meter: 'cost', charge: { kind: 'markup', ppm: 1_500_000 } }],
    });
    const cost = (currency: string): UsageSlot => ({ ...requests(1, 1), currency, used: { ...NOTHING, cost: 100n } });
    const { lines, unrated } = month([segment(of)], [cost('EUR'), cost('USD'), cost('USD')]);
    expect(totalOf(lines)).toBe(150n);
    expect(unrated).toEqual([{ priceId: 'price-a', ruleId: 'cost', meter: 'cost', currency: 'USD', quantity: 200n }]);
  });
});

describe('a month cut in parts', () => {
  it('has fees that sum to the month’s, to the nano-unit, however it is cut', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: PERIOD.endMs - PERIOD.startMs - 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.bigInt({ min: 0n, max: 10n ** 17n }), (at, fee) => {
        const of = planPricingSchema.parse({ recurring: { amountNano: String(fee) } });
        const ends = [0, ...at.sort((a, b) => a - b), PERIOD.endMs - PERIOD.startMs];
        const segments = ends
          .slice(1)
          .map((end, index) =>
            segment(of, { fromMs: PERIOD.startMs + Number(ends[index]), untilMs: PERIOD.startMs + end }),
          );
        expect(totalOf(month(segments, []).lines)).toBe(fee);
      }),
    );
  });

  it('charges each plan for its own calls, with its own share of the fee and of what it includes', () => {
    const small = perRequest(1n, { recurring: { amountNano: '3100' } });
    small.rules[0] = { ...(small.rules[0] as PlanPricing['rules'][number]), included: 31 };
    const middle = PERIOD.startMs + 10 * DAY_MS;
    const { lines } = month(
      [
        segment(small, { untilMs: middle }),
        segment(perRequest(5n), { fromMs: middle, planId: 'plan-b', price: priced(perRequest(5n), 'price-b') }),
      ],
      [requests(2, 30), requests(11, 7, 'plan-b')],
    );
    expect(lines.map(({ kind, priceId, amountNano }) => [kind, priceId, amountNano])).toEqual([
      ['recurring', 'price-a', 1000n],
      ['usage', 'price-a', 20n],
      ['usage', 'price-b', 35n],
    ]);
  });

  it('gives the calls of a slot in which the plan changed to the plan they were made under', () => {
    const change = PERIOD.startMs + 5 * DAY_MS + 7 * 60_000;
    const slotMs = PERIOD.startMs + 5 * DAY_MS;
    const segments = [
      segment(perRequest(1n), { untilMs: change }),
      segment(perRequest(100n), { fromMs: change, planId: 'plan-b', price: priced(perRequest(100n), 'price-b') }),
    ];
    const at = (planId: string, when: number, count: number) => ({ ...requests(1, count, planId), slotMs: when });
    const { lines } = month(segments, [
      at('plan-a', slotMs, 3),
      at('plan-b', slotMs, 4),
      at('plan-a', slotMs + SLOT_MS, 2),
    ]);
    expect(lines.map(({ priceId, amountNano }) => [priceId, amountNano])).toEqual([
      ['price-a', 5n],
      ['price-b', 400n],
    ]);
  });

  it('charges nothing for what was used before there was a price, and all that came in after the end', () => {
    const [from, until] = [PERIOD.startMs + 10 * DAY_MS, PERIOD.startMs + 12 * DAY_MS];
    const segments = [segment(perRequest(1n), { fromMs: from, untilMs: until })];
    expect(totalOf(month(segments, [requests(9, 5)]).lines)).toBe(0n);
    expect(totalOf(month(segments, [requests(14, 5)]).lines)).toBe(5n);
    const lastMonth = [segment(perRequest(1n), { fromMs: PERIOD.startMs - 9 * DAY_MS, untilMs: PERIOD.startMs - 1 })];
    expect(totalOf(month(lastMonth, [requests(1, 5)]).lines)).toBe(5n);
  });
});

describe('trials and minimums', () => {
  it('a trial costs nothing: its calls are free and the fee begins after it', () => {
    const of = perRequest(1n, { trialDays: 10, recurring: { amountNano: '3100' } });
    const { lines } = month([segment(of)], [requests(3, 1000), requests(11, 8)]);
    expect(lines.map(({ kind, amountNano }) => [kind, amountNano])).toEqual([
      ['trial', 0n],
      ['recurring', 2100n],
      ['usage', 8n],
    ]);
    const all = month(
      [segment(perRequest(1n, { trialDays: 60, recurring: { amountNano: '3100' } }))],
      [requests(3, 9)],
    );
    expect(all.lines.map(({ kind }) => kind)).toEqual(['trial']);
  });

  it('a trial counts from the beginning of the subscription, not from that of a plan', () => {
    const of = perRequest(1n, { trialDays: 10 });
    expect(totalOf(month([segment(of)], [requests(3, 9)], { startedMs: PERIOD.startMs - 20 * DAY_MS }).lines)).toBe(9n);
  });

  it('a minimum fills up fee and usage once its part of the month is over, and not before', () => {
    const of = perRequest(EUR, { minimumNano: String(31n * EUR), recurring: { amountNano: String(10n * EUR) } });
    expect(month([segment(of)], [requests(3, 4)]).lines.at(-1)).toMatchObject({
      kind: 'minimum',
      amountNano: 17n * EUR,
    });
    expect(totalOf(month([segment(of)], [requests(3, 40)]).lines)).toBe(50n * EUR);
    const early = month([segment(of)], [requests(3, 4)], { asOfMs: PERIOD.endMs - 1 });
    expect(early.lines.map(({ kind }) => kind)).toEqual(['recurring', 'usage']);
    const ended = segment(of, { untilMs: PERIOD.startMs + 10 * DAY_MS });
    expect(totalOf(month([ended], [], { asOfMs: PERIOD.endMs - 1 }).lines)).toBe(10n * EUR);
  });
});

function splitOver(whole: UsageSlot, slots: readonly number[]): UsageSlot[] {
  const parts = BigInt(slots.length);
  return slots.map((at, index) => ({
    ...whole,
    slotMs: PERIOD.startMs + at * SLOT_MS,
    used: Object.fromEntries(
      Object.entries(whole.used).map(([name, sum]: [string, bigint]) => [name, share(sum, parts, index)]),
    ) as unknown as Quantities,
  }));
}

/** Parts that are whole and sum to the whole. */
function share(sum: bigint, parts: bigint, index: number): bigint {
  return sum / parts + (BigInt(index) < sum % parts ? 1n : 0n);
}
