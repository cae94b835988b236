import type { Target } from './target.ts';

/**
 * Smooth weighted round robin (nginx): over as many calls as the weights add up to, each target gets exactly its weight,
 * and the heavy ones are spread out rather than called in rows.
 */
export function pickInTurn(candidates: readonly Target[]): Target {
  let total = 0;
  let best = candidates[0] as Target;
  for (const target of candidates) {
    target.turn += target.weight;
    total += target.weight;
    if (target.turn > best.turn) best = target;
  }
  best.turn -= total;
  return best;
}

/** The target with the fewest running calls for its weight; equals take turns. */
export function pickLeastLoaded(candidates: readonly Target[]): Target {
  let least = Number.POSITIVE_INFINITY;
  for (const target of candidates) least = Math.min(least, target.inFlight / target.weight);
  const equal = candidates.filter((target) => target.inFlight / target.weight === least);
  return equal.length === 1 ? (equal[0] as Target) : pickInTurn(equal);
}

/** Time in which an old measurement loses most (63 %) of its say. */
const MEMORY_MS = 10_000;
/** What a target nobody has measured costs while its first call runs. */
const UNKNOWN_MS = 1000;

/** Expected wait at a target: its mean latency, faded towards zero when it is old, for each call in line there. */
function cost(target: Target, nowMs: number): number {
  const faded = target.latencyMs * Math.exp(-(nowMs - target.latencyAt) / MEMORY_MS);
  const wait = target.latencyMs === 0 && target.inFlight > 0 ? UNKNOWN_MS : faded;
  return (wait * (target.inFlight + 1)) / target.weight;
}

/**
 * Power of two choices over peak EWMA (Finagle): of two targets taken at random the one with the lower expected wait.
 * Fading lets a target that was slow once be tried again.
 */
export function pickQuicker(candidates: readonly Target[], nowMs: number, random: () => number): Target {
  const count = candidates.length;
  if (count === 1) return candidates[0] as Target;
  const first = Math.floor(random() * count);
  const second = (first + 1 + Math.floor(random() * (count - 1))) % count;
  const one = candidates[first] as Target;
  const other = candidates[second] as Target;
  return cost(other, nowMs) < cost(one, nowMs) ? other : one;
}

/** Notes how long a target took to answer: a worse time counts at once, a better one by and by. */
export function noteLatency(target: Target, latencyMs: number, nowMs: number): void {
  const keep = Math.exp(-(nowMs - target.latencyAt) / MEMORY_MS);
  const known = target.latencyAt !== 0 && latencyMs < target.latencyMs;
  target.latencyMs = known ? target.latencyMs * keep + latencyMs * (1 - keep) : latencyMs;
  target.latencyAt = nowMs;
}
