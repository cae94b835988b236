import { describe, expect, it } from 'vitest';
import { HedgeBudget } from './hedge-budget.ts';

function taken(budget: HedgeBudget, share: number, offered: number, nowMs: number): number {
  let count = 0;
  for (let i = 0; i < offered; i++) {
    if (!budget.allows(share, nowMs)) continue;
    budget.take(nowMs);
    count++;
  }
  return count;
}

describe('the budget of second tries', () => {
  it('allows a share of the calls of ten seconds, and one beside', () => {
    const budget = new HedgeBudget();
    for (let i = 0; i < 100; i++) budget.noteCall(1000);
    expect(taken(budget, 0.1, 100, 1000)).toBe(11);
    expect(taken(budget, 0.1, 100, 5000)).toBe(0);
  });

  it('helps an endpoint with few calls, once in ten seconds', () => {
    const budget = new HedgeBudget();
    budget.noteCall(1000);
    expect(taken(budget, 0.01, 5, 1000)).toBe(1);
    expect(taken(budget, 0.01, 5, 9000)).toBe(0);
    budget.noteCall(30_000);
    expect(taken(budget, 0.01, 5, 30_000)).toBe(1);
  });
});
