import { expect, it } from 'vitest';
import { GenerationCache } from './generation-cache.ts';

/** Uses keys in turn, each kept when it is not known; how often the last of several turns found one. */
function foundInTurn(size: number, keys: number): number {
  const cache = new GenerationCache<number, number>(size);
  let found = 0;
  for (let turn = 0; turn < 4; turn++) {
    found = 0;
    for (let key = 0; key < keys; key++) {
      if (cache.get(key) === undefined) cache.set(key, key);
      else found++;
    }
  }
  return found;
}

it('remembers what is used in turn as long as that is no more than one generation', () => {
  expect(foundInTurn(100, 100)).toBe(100);
  // Why the gateway's memory of keys is larger than the number of keys it is to be quick with.
  expect(foundInTurn(100, 200)).toBeLessThan(10);
});

it('never holds more than two generations', () => {
  const cache = new GenerationCache<number, number>(10);
  for (let key = 0; key < 1000; key++) cache.set(key, key);
  expect(cache.count).toBeLessThanOrEqual(20);
  expect(cache.get(999)).toBe(999);
  cache.delete(999);
  expect(cache.get(999)).toBeUndefined();
});
