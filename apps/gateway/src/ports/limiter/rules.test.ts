import { limitRuleSchema } from '@parley/contracts/policies/limits';
import { redisKeys } from '@parley/contracts/redis-keys';
import { calendarPeriod } from '@parley/domain/calendar-period';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { type Clock, fixedClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRule } from '../../policies/limits/compile-rule.ts';
import { MemoryLimitStore } from './memory-store.ts';
import { RedisRuleStore } from './redis-rules.ts';
import { type Amounts, type CompiledRule, type Counters, HOLD_MS, NO_AMOUNTS, type RuleStore } from './rule.ts';

let redis: Redis;
beforeAll(() => {
  redis = new Redis(parseEnv(storesEnv).REDIS_URL);
});
afterAll(() => redis.disconnect());

/** A moment at which nothing begins or ends. */
const START = Date.parse('2026-03-27T10:17:23.456Z');
const ZONE = 'Europe/Berlin';

const rule = (input: object): CompiledRule => compileRule(limitRuleSchema.parse(input), newId(), ZONE);

function counters(rules: readonly CompiledRule[], planLimits: Counters['planLimits'] = []): Counters {
  const planKey = redisKeys.limit(newId(), newId());
  return {
    planKey,
    planLimits,
    rules,
    keys: rules.map(({ identity }) => `${planKey}:${identity}`),
    holder: newId(),
    amounts: NO_AMOUNTS,
  };
}

const STORES: readonly [string, (clock: Clock) => RuleStore][] = [
  ['Redis', (clock) => new RedisRuleStore(redis, { clock })],
  ['memory', (clock) => new MemoryLimitStore(clock).rules],
];

/** What happened to some calls: when they came, how much each wanted, and how many of it were let through. */
interface Seen {
  readonly atMs: number;
  readonly bytes: number;
  readonly granted: boolean;
}

async function play(store: RuleStore, clock: ReturnType<typeof fixedClock>, of: Counters, calls: Call[]) {
  const seen: Seen[] = [];
  for (const { afterMs, bytes } of calls) {
    clock.advance(afterMs);
    const { granted } = await store.take({ ...of, amounts: { ...NO_AMOUNTS, bytes } }, 1, 0);
    seen.push({ atMs: clock.nowMs(), bytes, granted: granted === 1 });
  }
  return seen;
}
interface Call {
  afterMs: number;
  bytes: number;
}
const callsUpTo = (gapMs: number): fc.Arbitrary<Call[]> =>
  fc.array(fc.record({ afterMs: fc.oneof(fc.constant(0), fc.nat(gapMs)), bytes: fc.nat(40) }), { maxLength: 60 });

const sum = (seen: readonly Seen[], cost: (one: Seen) => number): number =>
  seen.reduce((total, one) => total + (one.granted ? cost(one) : 0), 0);

describe.each(STORES)('in %s', (_name, make) => {
  const runs = { numRuns: 40 };

  it.each(['requests', 'requestBytes'] as const)('sliding %s: no stretch of the period holds more', async (what) => {
    await fc.assert(
      fc.asyncProperty(callsUpTo(700), fc.integer({ min: 1, max: 60 }), async (calls, amount) => {
        const clock = fixedClock(START);
        const limit = rule({ algorithm: 'sliding', amount, periodSeconds: 2, what });
        const cost = (one: Seen): number => (what === 'requests' ? 1 : one.bytes);
        const seen = await play(make(clock), clock, counters([limit]), calls);
        seen.forEach((one, i) => {
          const within = (ms: number): Seen[] => seen.slice(0, i).filter((other) => other.atMs > one.atMs - ms);
          // Nothing over in any two seconds; nothing refused that would fit into 1 % more than that.
          if (one.granted) expect(sum(within(2000), cost) + cost(one)).toBeLessThanOrEqual(amount);
          else expect(sum(within(2020), cost) + cost(one)).toBeGreaterThan(amount);
        });
      }),
      runs,
    );
  });

  it('gcra: as one with a time of arrival for each call', async () => {
    await fc.assert(
      fc.asyncProperty(
        callsUpTo(400),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 8 }),
        async (calls, amount, burst) => {
          const clock = fixedClock(START);
          const limit = rule({ algorithm: 'gcra', amount, burst, periodSeconds: 1 });
          const seen = await play(make(clock), clock, counters([limit]), calls);
          // Times in units of 1/amount milliseconds, so that the interval between calls is a whole number.
          let arrival = 0;
          for (const { atMs, granted } of seen) {
            const now = (atMs - START) * amount;
            const next = Math.max(arrival, now) + 1000;
            expect(granted).toBe(next - now <= burst * 1000);
            if (granted) arrival = next;
          }
        },
      ),
      runs,
    );
  });

  it.each(['day', 'week', 'month'] as const)(
    'quota of a %s: by the calendar, clock changes included',
    async (every) => {
      const gaps = { day: 9, week: 60, month: 240 };
      await fc.assert(
        fc.asyncProperty(callsUpTo(gaps[every] * 3_600_000), fc.integer({ min: 1, max: 5 }), async (calls, amount) => {
          const clock = fixedClock(START);
          const limit = rule({ algorithm: 'quota', amount, every });
          const used = new Map<number, number>();
          for (const { atMs, granted } of await play(make(clock), clock, counters([limit]), calls)) {
            const { startMs } = calendarPeriod(atMs, every, ZONE);
            const before = used.get(startMs) ?? 0;
            expect(granted).toBe(before < amount);
            if (granted) used.set(startMs, before + 1);
          }
        }),
        runs,
      );
    },
  );

  it('a day’s quota ends at midnight of the clocks there, on the day they change', async () => {
    const clock = fixedClock(Date.parse('2026-03-29T21:59:59.999Z'));
    const [store, of] = [make(clock), counters([rule({ algorithm: 'quota', amount: 1, every: 'day' })])];
    expect(await store.take(of, 1, 0)).toMatchObject({ granted: 1 });
    const refused = await store.take(of, 1, 0);
    expect(refused).toMatchObject({ granted: 0, windows: [{ remaining: 0, resetMs: clock.nowMs() + 1 }] });
    clock.advance(1);
    expect(await store.take(of, 1, 0)).toMatchObject({ granted: 1 });
  });

  it('counts a call with the plan and every rule, or with none', async () => {
    const clock = fixedClock(START);
    const rules = [
      rule({ algorithm: 'window', amount: 5 }),
      rule({ algorithm: 'sliding', amount: 4 }),
      rule({ algorithm: 'gcra', amount: 1, burst: 3 }),
      rule({ algorithm: 'quota', amount: 100, what: 'requestBytes' }),
    ];
    const [store, of] = [make(clock), counters(rules, [{ requests: 10, windowSeconds: 3600 }])];
    const left = async (want: number, bytes: number) => {
      const { granted, windows } = await store.take({ ...of, amounts: { ...NO_AMOUNTS, bytes } }, want, 0);
      return [granted, ...windows.map(({ remaining }) => remaining)];
    };
    expect(await left(1, 60)).toEqual([1, 9, 4, 3, 2, 40]);
    expect(await left(1, 41)).toEqual([0, 9, 4, 3, 2, 40]);
    expect(await left(5, 0)).toEqual([2, 7, 2, 1, 0, 40]);
    expect(await left(1, 0)).toEqual([0, 7, 2, 1, 0, 40]);
  });

  it('lets a limit on trial refuse nothing, and says what it would have', async () => {
    const clock = fixedClock(START);
    const rules = [rule({ algorithm: 'window', amount: 9 }), rule({ algorithm: 'sliding', amount: 2, shadow: true })];
    const [store, of] = [make(clock), counters(rules)];
    expect(await store.take(of, 5, 0)).toMatchObject({ granted: 5, missed: [0, 3] });
    expect(await store.take(of, 5, 0)).toMatchObject({ granted: 4, missed: [0, 4] });
  });

  it('takes unused calls back where they were counted, and only there', async () => {
    const clock = fixedClock(START);
    const rules = [rule({ algorithm: 'window', amount: 100 }), rule({ algorithm: 'sliding', amount: 100 })];
    const [store, of] = [make(clock), counters(rules, [{ requests: 100, windowSeconds: 60 }])];
    const first = await store.take(of, 100, 0);
    await store.giveBack(of, 30, first);
    const second = await store.take(of, 50, 0);
    expect(second).toMatchObject({ granted: 30 });
    clock.advance(70_000);
    await store.take(of, 100, 0);
    await store.giveBack(of, 30, second);
    expect(await store.take(of, 1, 0)).toMatchObject({ granted: 0 });
  });

  it('counts calls while they run, those of a dead node until their hold lapses', async () => {
    const clock = fixedClock(START);
    const [store, of] = [make(clock), counters([rule({ algorithm: 'concurrency', amount: 2 })])];
    const [first, second, third] = ['a', 'b', 'c'].map((holder) => ({ ...of, holder })) as [
      Counters,
      Counters,
      Counters,
    ];
    const take = async (one: Counters) => (await store.take(one, 1, 0)).granted;
    expect([await take(first), await take(second), await take(third)]).toEqual([1, 1, 0]);
    await store.release([{ counters: first, used: NO_AMOUNTS }]);
    expect([await take(third), await take(first)]).toEqual([1, 0]);
    clock.advance(HOLD_MS);
    expect([await take(first), await take(second), await take(third)]).toEqual([1, 1, 0]);
  });

  it.each(['window', 'quota'] as const)(
    '%s of tokens and cost: the most is held, then what was taken counts',
    async (algorithm) => {
      const oneCall = fc.record({
        most: fc.nat(60),
        took: fc.nat(60),
        /** So many calls later it ends; `null`: its node dies. */
        endsAfter: fc.option(fc.nat(3)),
        toldTwice: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(oneCall, { maxLength: 40 }),
          fc.integer({ min: 1, max: 120 }),
          async (calls, amount) => {
            const limits = [rule({ algorithm, amount, what: 'tokens' }), rule({ algorithm, amount, what: 'cost' })];
            const [store, of] = [make(fixedClock(START)), counters(limits)];
            // A cost is limited in millionths, and counted in nano-units.
            const amounts = (tokens: number): Amounts => ({
              bytes: 0,
              tokens,
              costNano: tokens * 1000,
              currency: 'USD',
            });
            const running = new Map<Counters, (typeof calls)[number] & { at: number }>();
            let counted = 0;
            for (const [at, call] of calls.entries()) {
              for (const [one, { most, took, endsAfter, toldTwice, at: began }] of running) {
                if (endsAfter === null || began + endsAfter >= at) continue;
                running.delete(one);
                counted += took - most;
                await store.release([{ counters: one, used: amounts(took) }]);
                if (toldTwice) await store.release([{ counters: one, used: amounts(took) }]);
              }
              const one = { ...of, holder: newId(), amounts: amounts(call.most) };
              const { granted, windows, held } = await store.take(one, 1, 0);
              expect(granted === 1).toBe(call.most === 0 || counted + call.most <= amount);
              const open = [...running.values()].reduce((sum, { most }) => sum + most, 0);
              expect(held).toEqual(granted === 1 ? [0, 0] : [open, open * 1000]);
              if (granted === 1) {
                counted += call.most;
                running.set(one, { ...call, at });
              }
              const left = Math.max(0, amount - counted);
              expect(windows.map(({ remaining }) => remaining)).toEqual([left, left * 1000]);
            }
          },
        ),
        runs,
      );
    },
  );

  it('counts what a dead node’s calls held as taken, and corrects nothing of a period that is over', async () => {
    const clock = fixedClock(START);
    const [store, of] = [
      make(clock),
      counters([rule({ algorithm: 'window', amount: 100, periodSeconds: 60, what: 'tokens' })]),
    ];
    const call = (tokens: number): Counters => ({ ...of, holder: newId(), amounts: { ...NO_AMOUNTS, tokens } });
    const [dead, late] = [call(60), call(30)];
    await store.take(dead, 1, 0);
    await store.take(late, 1, 0);
    clock.advance(HOLD_MS - 1);
    await store.renew([{ counters: late, atMs: START, epoch: '' }]);
    expect(await store.take(call(20), 1, 0)).toMatchObject({ granted: 0, held: [90] });
    clock.advance(1);
    expect(await store.take(call(20), 1, 0)).toMatchObject({ granted: 0, held: [30] });
    clock.advance(60_000);
    expect(await store.take(call(80), 1, 0)).toMatchObject({ granted: 1 });
    await store.release([{ counters: late, used: { ...NO_AMOUNTS, tokens: 1 } }]);
    expect(await store.take(call(21), 1, 0)).toMatchObject({ granted: 0, windows: [{ remaining: 20 }] });
  });

  it('gives spare calls only far from every limit', async () => {
    const clock = fixedClock(START);
    const [store, of] = [make(clock), counters([rule({ algorithm: 'sliding', amount: 1000, scope: 'api' })])];
    const far = await store.take(of, 1, 500);
    expect(far.granted).toBeGreaterThan(1);
    expect(far.leaseUntilMs).toBeGreaterThan(clock.nowMs());
    await store.take(of, 900, 0);
    expect(await store.take(of, 1, 500)).toMatchObject({ granted: 1 });
    expect(await store.take(of, 999, 0)).toMatchObject({ leaseUntilMs: far.leaseUntilMs });
  });
});

it('goes on in the running period when the server’s date is not this node’s', async () => {
  const clock = fixedClock(Date.parse('2031-07-01T00:00:00Z'));
  const of = counters([rule({ algorithm: 'quota', amount: 2, every: 'month' })]);
  const store = new RedisRuleStore(redis, { clock });
  expect(await store.take(of, 3, 0)).toMatchObject({ granted: 2, serverMs: clock.nowMs() });
});
