import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOAD_LIMITS, type LoadLevel, LoadState } from './load-level.ts';

const LIMITS = { ...LOAD_LIMITS, maxInFlight: 100, delayMs: [150, 400] as const, calmMs: 1000 };

/** Levels after each measurement, 50 ms apart. */
function levels(measured: readonly (readonly [delayMs: number, inFlight: number])[]): LoadLevel[] {
  const state = new LoadState(LIMITS);
  return measured.map(([delayMs, inFlight], i) => state.observe(i * 50, delayMs, inFlight));
}
const times = (count: number, delayMs: number, inFlight: number) =>
  Array.from({ length: count }, () => [delayMs, inFlight] as const);

describe('LoadState', () => {
  it('refuses sheddable calls at 60 % of what a node takes and normal ones at 80 %: a fifth is for critical ones', () => {
    expect(levels([[0, 59]])).toEqual([0]);
    expect(levels([[0, 60]])).toEqual([1]);
    expect(levels([[0, 80]])).toEqual([2]);
  });

  it('looks at a delay that lasts, not at one long pause', () => {
    expect(levels([[300, 0], ...times(4, 0, 0)])).toEqual([0, 0, 0, 0, 0]);
    expect(levels(times(8, 300, 0)).at(-1)).toBe(1);
    expect(levels(times(12, 500, 0)).at(-1)).toBe(2);
  });

  it('lets calls in again step by step, once all was calm for a while', () => {
    const seen = levels([[0, 90], ...times(45, 0, 10)]);
    expect(seen.slice(0, 21)).toEqual(new Array(21).fill(2));
    expect(seen.slice(21, 42)).toEqual(new Array(21).fill(1));
    expect(seen.slice(42)).toEqual([0, 0, 0, 0]);
  });

  it('does not flap around a threshold', () => {
    const around = Array.from({ length: 100 }, (_, i) => [0, i % 2 === 0 ? 62 : 55] as const);
    expect(new Set(levels(around))).toEqual(new Set([1]));
  });

  it('never steps down twice within the calm time, nor takes in what a threshold forbids', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(110), { maxLength: 200 }), (inFlight) => {
        const seen = levels(inFlight.map((calls) => [0, calls] as const));
        let downAt = Number.NEGATIVE_INFINITY;
        seen.forEach((level, i) => {
          const calls = inFlight[i] as number;
          expect(level).toBeGreaterThanOrEqual(calls >= 80 ? 2 : calls >= 60 ? 1 : 0);
          if (level >= (seen[i - 1] ?? 0)) return;
          expect((i - downAt) * 50).toBeGreaterThanOrEqual(LIMITS.calmMs);
          downAt = i;
        });
      }),
    );
  });
});
