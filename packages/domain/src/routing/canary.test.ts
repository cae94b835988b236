import { canaryPlan } from '@parley/contracts/policies/split';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canaryFault, canaryShare } from './canary.ts';

const plan = canaryPlan.parse({ variant: 'next', steps: [100, 1000, 5000], everySeconds: 60 });
const tally = (calls: number, errors: number, p95Us: number | null = 1000) => ({ calls, errors, p95Us });

describe('a canary', () => {
  it('grows step by step and stays at the last', () => {
    expect([-5, 0, 59_999, 60_000, 120_000, 1e12].map((ms) => canaryShare(plan, ms))).toEqual([
      100, 100, 100, 1000, 5000, 5000,
    ]);
  });

  it('is rolled back when it fails more than the others by more than allowed, or is slower', () => {
    expect(canaryFault(plan, tally(100, 6), tally(900, 0))).toContain('6.0 %');
    expect(canaryFault(plan, tally(100, 5), tally(900, 0))).toBeNull();
    expect(canaryFault(plan, tally(100, 50), tally(900, 450))).toBeNull();
    expect(canaryFault(plan, tally(100, 0, 1501), tally(900, 0))).toContain('1.5 ms');
    expect(canaryFault(plan, tally(100, 0, 1500), tally(900, 0))).toBeNull();
    expect(canaryFault(plan, tally(100, 0, 9000), tally(49, 0))).toBeNull();
  });

  it('is never judged by fewer calls than asked for', () => {
    const count = fc.integer({ min: 0, max: 49 });
    fc.assert(
      fc.property(count, fc.nat(1e6), fc.nat(1000), (calls, p95, others) => {
        expect(canaryFault(plan, tally(calls, calls, p95), tally(others, 0, 1))).toBeNull();
      }),
    );
  });
});
