/** Longest vector that is kept; longer ones are folded into this many places. */
export const MAX_PLACES = 512;

/** A direction in a space of meanings: one signed byte a place, and the length of that. */
export interface Vector {
  readonly bytes: Int8Array;
  readonly norm: number;
}

/** The vector of its bytes. */
export function vectorOf(bytes: Int8Array): Vector {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum += (bytes[at] as number) ** 2;
  return { bytes, norm: Math.sqrt(sum) };
}

/** A well mixed 32-bit number (the finaliser of MurmurHash3). */
export function mixed(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Folds a long vector into `MAX_PLACES` by adding each place, with a fixed sign, to one of them (a count sketch: the cosine is
 * kept on average, and to about 0.01 for likeness above 0.9).
 */
function folded(values: readonly number[]): readonly number[] {
  if (values.length <= MAX_PLACES) return values;
  const sums = new Array<number>(MAX_PLACES).fill(0);
  for (const [at, value] of values.entries()) {
    const hash = mixed(at + 1);
    const place = hash % MAX_PLACES;
    sums[place] = (sums[place] as number) + (hash & 0x8000_0000 ? -value : value);
  }
  return sums;
}

/** The vector of numbers as a model gives them, of any number and scale; `null` when all are zero. */
export function quantised(values: readonly number[]): Vector | null {
  const short = folded(values);
  let most = 0;
  for (const value of short) most = Math.max(most, Math.abs(value));
  if (most === 0 || !Number.isFinite(most)) return null;
  return vectorOf(Int8Array.from(short, (value) => Math.round((value / most) * 127)));
}

/** The cosine of two vectors, -1 to 1; 0 for vectors of different models' lengths. */
export function likeness(a: Vector, b: Vector): number {
  const { bytes: left, norm } = a;
  const right = b.bytes;
  const { length } = left;
  if (length !== right.length || norm === 0 || b.norm === 0) return 0;
  let sum = 0;
  for (let at = 0; at < length; at++) sum += (left[at] as number) * (right[at] as number);
  return sum / (norm * b.norm);
}
