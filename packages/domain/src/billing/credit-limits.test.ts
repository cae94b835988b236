import { expect, it } from 'vitest';
import { creditLimits } from './credit-limits.ts';

it('adds what is left to what was charged, and falls where credit runs out', () => {
  const left = [
    { expiresAtMs: 1000, nano: 5n },
    { expiresAtMs: 3000, nano: 7n },
    { expiresAtMs: 2000, nano: 0n },
    { expiresAtMs: null, nano: 11n },
  ];
  expect(creditLimits(100n, left, 500)).toEqual([
    { limitNano: 123n, untilMs: 1000 },
    { limitNano: 118n, untilMs: 3000 },
    { limitNano: 111n, untilMs: null },
  ]);
  expect(creditLimits(100n, left, 1000)).toEqual([
    { limitNano: 118n, untilMs: 3000 },
    { limitNano: 111n, untilMs: null },
  ]);
  expect(creditLimits(100n, [], 0)).toEqual([{ limitNano: 100n, untilMs: null }]);
});

it('stays as it is while credit pays', () => {
  const limits = [0n, 3n, 11n].map((paid) => creditLimits(100n + paid, [{ expiresAtMs: null, nano: 11n - paid }], 0));
  expect(new Set(limits.map((one) => one[0]?.limitNano))).toEqual(new Set([111n]));
});

it('tells so many ends at most, and counts what ends later until it is told', () => {
  const left = Array.from({ length: 60 }, (_, at) => ({ expiresAtMs: at + 1, nano: 1n }));
  const limits = creditLimits(0n, left, 0);
  expect(limits).toHaveLength(51);
  expect(limits.at(-1)).toEqual({ limitNano: 10n, untilMs: null });
});
