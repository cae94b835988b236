import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecast } from './forecast.ts';
import { budgetPeriod, NEVER_MS } from './period.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 9, 1);

describe('the period of a budget', () => {
  it('follows the clocks of the time zone, and never ends for a total', () => {
    expect(budgetPeriod(Date.UTC(2026, 9, 31, 23, 30), 'month', 'Europe/Vienna').startMs).toBe(
      Date.UTC(2026, 9, 31, 23),
    );
    expect(budgetPeriod(START, 'total', 'UTC')).toEqual({ startMs: 0, endMs: NEVER_MS });
  });
});

describe('the forecast of a budget', () => {
  const month = { startMs: START, endMs: START + 30 * DAY, nowMs: START + 10 * DAY };

  it('is the line of the last seven days', () => {
    // 1 a day over seven days, 20 left: used up in 20 days, which is the end of the month and so not within it.
    expect(forecast({ ...month, amountNano: 40n, spentNano: 20n, recentNano: 7n })).toEqual({
      endNano: 40n,
      exhaustedAtMs: null,
    });
    expect(forecast({ ...month, amountNano: 30n, spentNano: 20n, recentNano: 7n })).toEqual({
      endNano: 40n,
      exhaustedAtMs: month.nowMs + 10 * DAY,
    });
  });

  it('says nothing in the first hour, without spending, and of a moment for what is used up', () => {
    expect(forecast({ ...month, nowMs: START + 60_000, amountNano: 9n, spentNano: 5n, recentNano: 5n })).toBeNull();
    expect(forecast({ ...month, amountNano: 9n, spentNano: 5n, recentNano: 0n })).toBeNull();
    expect(forecast({ ...month, amountNano: 9n, spentNano: 9n, recentNano: 7n })?.exhaustedAtMs).toBeNull();
    expect(
      forecast({ ...month, startMs: 0, endMs: NEVER_MS, amountNano: 9n, spentNano: 2n, recentNano: 1n })?.endNano,
    ).toBeNull();
  });

  it('never names a moment that is past or beyond the period', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 16n });
    fc.assert(
      fc.property(amount, amount, amount, fc.nat(29 * DAY), (amountNano, spentNano, recentNano, at) => {
        const nowMs = START + at;
        const said = forecast({ ...month, nowMs, amountNano, spentNano, recentNano });
        if (said?.exhaustedAtMs == null) return;
        expect(said.exhaustedAtMs).toBeGreaterThanOrEqual(nowMs);
        expect(said.exhaustedAtMs).toBeLessThan(month.endMs);
      }),
    );
  });
});
