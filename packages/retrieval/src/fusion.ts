import type { Scored } from './best.ts';

/** Of Cormack, Clarke and Büttcher (2009): how little the first place is above the second. */
const RANK_CONSTANT = 60;

/**
 * One list of several, by reciprocal ranks: what stands high in more than one comes first. Scores of different kinds need not be
 * comparable. Of equals the earlier passage.
 */
export function fused(lists: readonly (readonly Scored[])[], most: number): Scored[] {
  const scores = new Map<number, number>();
  for (const list of lists) {
    for (const [rank, { at }] of list.entries()) scores.set(at, (scores.get(at) ?? 0) + 1 / (RANK_CONSTANT + rank + 1));
  }
  const all = [...scores].map(([at, score]) => ({ at, score }));
  return all.sort((left, right) => right.score - left.score || left.at - right.at).slice(0, most);
}
