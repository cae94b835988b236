import { Best, type Scored } from './best.ts';

/** Search by direction: the port that an embedded index, or one in a database, stands behind. */
export interface VectorIndex {
  /** Vectors held. */
  readonly size: number;
  /** Adds the next passage's vector; its place is the number of those before it. Throws a `RangeError` when full or of another length. */
  add(vector: Float32Array): void;
  /** The `most` passages nearest by cosine, best first; only those that are `allowed`, and none that points away. */
  search(vector: Float32Array, most: number, allowed?: (at: number) => boolean): readonly Scored[];
}

/** Vectors in one block of memory. */
const BLOCK = 1024;

/** A vector of length 1; one of zeros stays as it is. */
export function unit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  return length > 0 && Number.isFinite(length) ? vector.map((value) => value / length) : vector;
}

/**
 * The embedded index: every vector is compared, so nothing near is missed. Memory is 4 bytes a number, in blocks as they are
 * needed, up to `mostVectors`; a search looks at all of them.
 */
export class ExactVectorIndex implements VectorIndex {
  readonly #dimensions: number;
  readonly #mostVectors: number;
  readonly #blocks: Float32Array[] = [];
  #size = 0;

  constructor(dimensions: number, mostVectors: number) {
    this.#dimensions = dimensions;
    this.#mostVectors = mostVectors;
  }

  get size(): number {
    return this.#size;
  }

  add(vector: Float32Array): void {
    if (vector.length !== this.#dimensions)
      throw new RangeError(`a vector of ${vector.length}, not ${this.#dimensions}`);
    if (this.#size >= this.#mostVectors) throw new RangeError(`more than ${this.#mostVectors} vectors`);
    const within = this.#size % BLOCK;
    if (within === 0)
      this.#blocks.push(new Float32Array(this.#dimensions * Math.min(BLOCK, this.#mostVectors - this.#size)));
    this.#blocks.at(-1)?.set(unit(vector), within * this.#dimensions);
    this.#size++;
  }

  search(vector: Float32Array, most: number, allowed: (at: number) => boolean = () => true): readonly Scored[] {
    if (vector.length !== this.#dimensions)
      throw new RangeError(`a vector of ${vector.length}, not ${this.#dimensions}`);
    const asked = unit(vector);
    const best = new Best(most);
    for (let at = 0; at < this.#size; at++) {
      if (!allowed(at)) continue;
      const block = this.#blocks[Math.floor(at / BLOCK)] as Float32Array;
      const from = (at % BLOCK) * this.#dimensions;
      let sum = 0;
      for (let i = 0; i < this.#dimensions; i++) sum += (block[from + i] as number) * (asked[i] as number);
      if (sum > 0) best.offer(at, sum);
    }
    return best.list();
  }
}
