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

/** How alike a text is to an embedded query, from 0 to 1: by the words they share. */
export function relevance(query: readonly number[], text: string): number {
  const other = embed(text, query.length);
  const cosine = query.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  return Number(Math.min(1, Math.max(0, cosine)).toFixed(6));
}
