import { describe, expect, it } from 'vitest';
import { billingMonth, billingMonths } from './billing-month.ts';

describe('a month of a publisher', () => {
  it('begins at midnight of its zone', () => {
    const at = Date.UTC(2026, 9, 31, 19);
    expect(billingMonth(at, 'UTC').name).toBe('2026-10');
    expect(billingMonth(at, 'Asia/Kolkata')).toEqual({
      name: '2026-11',
      period: { startMs: Date.UTC(2026, 9, 31, 18, 30), endMs: Date.UTC(2026, 10, 30, 18, 30) },
    });
  });

  it('comes after another, over the turn of the year and changes of clocks', () => {
    const names = billingMonths(Date.UTC(2026, 8, 30), Date.UTC(2027, 0, 1), 'Europe/Berlin').map(({ name }) => name);
    expect(names).toEqual(['2026-09', '2026-10', '2026-11', '2026-12', '2027-01']);
    expect(billingMonths(0, Date.UTC(2027, 0, 1), 'UTC', 2).map(({ name }) => name)).toEqual(['2026-12', '2027-01']);
    expect(billingMonths(Date.UTC(2027, 5, 1), Date.UTC(2027, 0, 1), 'UTC')).toHaveLength(1);
  });
});
