import { WHOLE } from '@parley/contracts/policies/split';
import { hashText } from './hash-text.ts';

/**
 * Picks by share: `point` is one of 0 to 9,999, and each index owns as many points as its weight, in order. A share that
 * grows therefore only takes points from its neighbour's end. Weights must add up to 10,000.
 */
export function pickByShare(weights: readonly number[], point: number): number {
  let end = 0;
  for (let at = 0; at < weights.length; at++) {
    end += weights[at] as number;
    if (point < end) return at;
  }
  return weights.length - 1;
}

/** The point of a key: the same for the same key and seed everywhere and always, evenly spread. */
export function pointOf(key: string, seed: string): number {
  return hashText(`${seed}\0${key}`) % WHOLE;
}
