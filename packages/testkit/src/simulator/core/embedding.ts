import { seededDice } from './seeded.ts';

/** The direction of one word: the same for the same word. */
function wordDirection(word: string, dimensions: number): number[] {
  const dice = seededDice(`word:${word}`);
  return Array.from({ length: dimensions }, () => dice.fraction() * 2 - 1);
}

/** A unit vector: the sum of the directions of the words, so that texts sharing words have a high cosine. */
export function embed(input: string, dimensions: number): number[] {
  const words = input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [input];
  const sum = new Array<number>(dimensions).fill(0);
  for (const word of words.slice(0, 2000)) {
    for (const [at, value] of wordDirection(word, dimensions).entries()) sum[at] = (sum[at] ?? 0) + value;
  }
  const length = Math.hypot(...sum) || 1;
  return sum.map((value) => value / length);
}
