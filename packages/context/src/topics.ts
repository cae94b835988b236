import type { Words } from './words.ts';

/** Numbers of the first and last text of a topic. */
export interface Topic {
  readonly from: number;
  readonly to: number;
}

const BUCKETS = 512;
/** Texts before and after a place that are compared. */
const BESIDE = 3;
/** A topic is at least this many texts. */
const SHORTEST = 3;
/** A valley counts where it is deeper than the mean by this much of the deviation. */
const DEEPER = 0.5;

/**
 * Parts texts where their words change: the lexical cohesion of Hearst's TextTiling (1997), over texts instead of sentences. It
 * sees other words, not another meaning: a topic taken up again in other words is two, and small talk may hide a change.
 */
export function topicsOf(texts: readonly (readonly Words[])[]): Topic[] {
  if (texts.length === 0) return [];
  const depths = depthsOf(cohesion(texts));
  const mean = depths.reduce((sum, depth) => sum + depth, 0) / Math.max(1, depths.length);
  const deviation = Math.sqrt(depths.reduce((sum, depth) => sum + (depth - mean) ** 2, 0) / Math.max(1, depths.length));
  const topics: Topic[] = [];
  let from = 0;
  for (let at = SHORTEST; at + SHORTEST <= texts.length; at++) {
    const depth = depths[at - 1] as number;
    const isValley = depth >= (depths[at - 2] ?? 0) && depth > (depths[at] ?? 0);
    if (!isValley || depth <= mean + DEEPER * deviation || at - from < SHORTEST) continue;
    topics.push({ from, to: at - 1 });
    from = at;
  }
  topics.push({ from, to: texts.length - 1 });
  return topics;
}

/** How alike the texts before and after each place between two are, from 0 to 1. */
function cohesion(texts: readonly (readonly Words[])[]): number[] {
  const weights = rarity(texts);
  const before = new Float64Array(BUCKETS);
  const after = new Float64Array(BUCKETS);
  const add = (sum: Float64Array, at: number, sign: number): void => {
    for (const { hashes } of texts[at] ?? []) {
      for (const hash of hashes) {
        const bucket = hash % BUCKETS;
        sum[bucket] = (sum[bucket] as number) + sign * (weights[bucket] as number);
      }
    }
  };
  for (let i = 0; i < BESIDE; i++) add(after, i, 1);
  const alike: number[] = [];
  for (let place = 1; place < texts.length; place++) {
    add(before, place - 1, 1);
    add(after, place - 1, -1);
    add(after, place + BESIDE - 1, 1);
    if (place > BESIDE) add(before, place - BESIDE - 1, -1);
    alike.push(cosine(before, after));
  }
  return alike;
}

/** Words that are in most texts say nothing of where a topic ends. */
function rarity(texts: readonly (readonly Words[])[]): Float64Array {
  const holders = new Float64Array(BUCKETS);
  const seenIn = new Int32Array(BUCKETS).fill(-1);
  texts.forEach((words, at) => {
    for (const { hashes } of words) {
      for (const hash of hashes) {
        const bucket = hash % BUCKETS;
        if (seenIn[bucket] !== at) holders[bucket] = (holders[bucket] as number) + 1;
        seenIn[bucket] = at;
      }
    }
  });
  return holders.map((count) => (count === 0 ? 0 : Math.log((texts.length + 1) / count)));
}

function cosine(one: Float64Array, other: Float64Array): number {
  let dot = 0;
  let a = 0;
  let b = 0;
  for (let i = 0; i < BUCKETS; i++) {
    const [x, y] = [one[i] as number, other[i] as number];
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return a < 1e-9 || b < 1e-9 ? 0 : dot / Math.sqrt(a * b);
}

/** How far each place lies below the heights on both its sides. */
function depthsOf(alike: readonly number[]): number[] {
  return alike.map((here, at) => height(alike, at, -1) + height(alike, at, 1) - 2 * here);
}

function height(alike: readonly number[], at: number, step: number): number {
  let best = alike[at] as number;
  for (let i = at + step; i >= 0 && i < alike.length && (alike[i] as number) >= best; i += step)
    best = alike[i] as number;
  return best;
}
