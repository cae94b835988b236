import { breakerOptions, retryOptions } from '@parley/contracts/upstream-options';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.ts';
import { RetryBudget } from './retry-budget.ts';

const options = breakerOptions.parse({ errorPercent: 50, minCalls: 4, windowSeconds: 10, openSeconds: 5, probes: 2 });

function calls(breaker: Breaker, outcomes: string, nowMs: number): void {
  for (const outcome of outcomes) breaker.result(breaker.enter(nowMs), outcome === '+', nowMs);
}

describe('the breaker', () => {
  it('opens on the share of failures in its window, not before there are enough calls', () => {
    const breaker = new Breaker(options);
    calls(breaker, '-+-', 1000);
    expect(breaker.state).toBe('closed');
    calls(breaker, '+', 1000);
    expect(breaker.state).toBe('closed');
    calls(breaker, '-', 1000);
    expect(breaker.state).toBe('open');
    expect([breaker.enter(1000), breaker.waitMs(1000)]).toEqual([0, 5000]);
  });

  it('forgets failures that have left the window', () => {
    const breaker = new Breaker(options);
    calls(breaker, '---', 1000);
    calls(breaker, '+++-', 13_000);
    expect(breaker.state).toBe('closed');
  });

  it('opens on failures in a row where that is asked for', () => {
    const breaker = new Breaker({ ...options, minCalls: 1000, consecutiveFailures: 3 });
    calls(breaker, '--+--', 0);
    expect(breaker.state).toBe('closed');
    calls(breaker, '-', 0);
    expect(breaker.state).toBe('open');
  });

  it('half-opens for a few probes, closes when all go well, opens again when one fails', () => {
    const breaker = new Breaker(options);
    calls(breaker, '----', 0);
    expect(breaker.enter(4999)).toBe(0);
    const [one, two, three] = [breaker.enter(5000), breaker.enter(5000), breaker.enter(5000)];
    expect([breaker.state, one > 0, two > 0, three]).toEqual(['halfOpen', true, true, 0]);
    breaker.cancel(two);
    expect(breaker.enter(5000)).toBeGreaterThan(0);
    breaker.result(one, true, 5001);
    breaker.result(two, false, 5002);
    expect(breaker.state).toBe('open');
    expect(breaker.enter(10_001)).toBe(0);
    calls(breaker, '++', 10_003);
    expect(breaker.state).toBe('closed');
  });

  it('lets a call from before it opened decide nothing afterwards', () => {
    const breaker = new Breaker(options);
    const late = breaker.enter(0);
    calls(breaker, '----', 0);
    const probe = breaker.enter(5000);
    breaker.result(late, false, 5001);
    expect(breaker.state).toBe('halfOpen');
    breaker.result(probe, true, 5002);
    calls(breaker, '+', 5003);
    expect(breaker.state).toBe('closed');
  });
});

describe('the retry budget', () => {
  it('holds for any order of calls and retries: a share of the calls, and the free ones', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const free = fc.integer({ min: 0, max: 5 });
    const order = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3000 })), { maxLength: 300 });
    fc.assert(
      fc.property(percent, free, order, (budgetPercent, freePerSecond, events) => {
        const budget = new RetryBudget(retryOptions.parse({ budgetPercent, freePerSecond }));
        let now = 0;
        const made: number[] = [];
        const taken: number[] = [];
        for (const [isCall, stepMs] of events) {
          now += stepMs;
          if (isCall) {
            budget.noteCall(now);
            made.push(now);
          } else if (budget.take(now)) {
            taken.push(now);
            // Slices let the window be up to a second shorter than ten, never longer.
            const callsIn = made.filter((at) => at > now - 10_000).length;
            const retriesIn = taken.filter((at) => at > now - 9000).length;
            expect(retriesIn).toBeLessThanOrEqual(freePerSecond * 10 + (callsIn * budgetPercent) / 100);
          }
        }
      }),
    );
  });

  it('is there for those who need it: all free ones, and the share', () => {
    const budget = new RetryBudget(retryOptions.parse({ budgetPercent: 20, freePerSecond: 1 }));
    for (let i = 0; i < 100; i++) budget.noteCall(50);
    let taken = 0;
    while (budget.take(60)) taken++;
    expect(taken).toBe(30);
  });
});
