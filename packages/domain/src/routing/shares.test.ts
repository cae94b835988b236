import { WHOLE } from '@parley/contracts/policies/split';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pickByShare, pointOf } from './shares.ts';

describe('shares', () => {
  it('give each exactly its weight of all points', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: WHOLE }), { maxLength: 5 });
    fc.assert(
      fc.property(cuts, (at) => {
        const sorted = [0, ...at.sort((a, b) => a - b), WHOLE];
        const weights = sorted.slice(1).map((end, i) => end - (sorted[i] as number));
        const counts = weights.map(() => 0);
        for (let point = 0; point < WHOLE; point++) {
          const index = pickByShare(weights, point);
          counts[index] = (counts[index] as number) + 1;
        }
        expect(counts).toEqual(weights);
      }),
      { numRuns: 20 },
    );
  });

  it('keep everybody where they are when the last share grows, but those it takes', () => {
    const points = Array.from({ length: WHOLE }, (_, point) => point);
    const left = points.filter(
      (point) => pickByShare([9000, 1000], point) === 1 && pickByShare([7000, 3000], point) !== 1,
    );
    expect(left).toEqual([]);
  });

  it('spread keys evenly and the same way every time, apart by seed', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
    const inLastTenth = keys.filter((key) => pointOf(key, '') >= 9000);
    expect(inLastTenth.length).toBeGreaterThan(1800);
    expect(inLastTenth.length).toBeLessThan(2200);
    const inBoth = inLastTenth.filter((key) => pointOf(key, 'other') >= 9000);
    expect(inBoth.length).toBeLessThan(300);
    expect(pointOf('user-1', 'a')).toBe(pointOf('user-1', 'a'));
  });
});
