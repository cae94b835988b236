import { expect, it } from 'vitest';
import { allTo, hasAll, restarted, type Split, splitAt } from './split-acts.ts';

const split: Split = {
  variants: [
    { name: 'blue', upstream: 'shop', weight: 10_000 },
    { name: 'green', upstream: 'shop-next', weight: 0 },
  ],
  by: { on: 'random', name: '', seed: '' },
  conditions: [],
  canary: {
    variant: 'green',
    steps: [100],
    everySeconds: 600,
    rollback: { errorRatePercent: 5, latencyP95Ratio: 1.5, minCalls: 50 },
    attempt: 3,
  },
};

it('moves everything to one variant, and ends its canary', () => {
  const after = allTo(split, 'green');
  expect(after.variants.map(({ weight }) => weight)).toEqual([0, 10_000]);
  expect(after.canary).toBeUndefined();
  expect(hasAll(after, 'green')).toBe(true);
  expect(hasAll(after, 'blue')).toBe(false);
  expect(hasAll(split, 'blue'), 'a canary takes from it').toBe(false);
});

it('restarts a canary by its attempt, which makes it another', () => {
  expect(restarted(split).canary?.attempt).toBe(4);
  const { canary: _, ...plain } = split;
  expect(restarted(plain)).toBe(plain);
});

it('finds the split of a version and of a route', () => {
  const route = { method: 'GET' as const, path: '/a', summary: '', upstream: 'shop', upstreamPath: null };
  const own = { ...split, conditions: [] };
  const definition = {
    kind: 'rest' as const,
    routes: [route, { ...route, policies: { split: own } }],
    policies: { split },
  };
  expect(splitAt(definition, null)).toBe(split);
  expect(splitAt(definition, 0)).toBeUndefined();
  expect(splitAt(definition, 1)).toBe(own);
  expect(splitAt(null, null)).toBeUndefined();
});
