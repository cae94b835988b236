import { hashText } from '@parley/domain/routing/hash-text';
import type { Target } from './target.ts';

/** Points of a target of average weight: enough that shares are within about a tenth of the weights. */
const POINTS = 160;

/**
 * Consistent hashing: a key belongs to the next point on the ring whose target may be called. A target that comes or goes
 * moves only its own share of the keys, and a sick one's keys return to it when it has recovered.
 */
export class HashRing {
  #hashes = new Uint32Array(0);
  #owners: Target[] = [];

  build(targets: readonly Target[]): void {
    const mean = targets.reduce((sum, target) => sum + target.weight, 0) / Math.max(1, targets.length);
    const points: { hash: number; target: Target }[] = [];
    for (const target of targets) {
      const count = Math.max(1, Math.round((target.weight / mean) * POINTS));
      for (let i = 0; i < count; i++) points.push({ hash: hashText(`${target.key}#${i}`), target });
    }
    points.sort((a, b) => a.hash - b.hash || (a.target.key < b.target.key ? -1 : 1));
    this.#hashes = Uint32Array.from(points, (point) => point.hash);
    this.#owners = points.map((point) => point.target);
  }

  /** The candidate a key belongs to. `candidates` are some of the targets the ring was built of, at least one. */
  pick(key: string, candidates: readonly Target[]): Target {
    const count = this.#owners.length;
    const start = this.#firstAfter(hashText(key));
    let refused: Target | null = null;
    for (let step = 0; step < count; step++) {
      const owner = this.#owners[(start + step) % count] as Target;
      if (owner === refused) continue;
      if (candidates.includes(owner)) return owner;
      refused = owner;
    }
    return candidates[0] as Target;
  }

  #firstAfter(hash: number): number {
    let low = 0;
    let high = this.#hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#hashes[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
