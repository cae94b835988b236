/**
 * A bounded map that forgets what has not been asked for: two generations of at most `size` entries each. A full young
 * generation becomes the old one; an entry found there moves back. Cheaper per hit than a strict least-recently-used.
 */
export class GenerationCache<K, V> {
  readonly #size: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#size && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: K): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Entries held, at most twice the size given. */
  get count(): number {
    return this.#young.size + this.#old.size;
  }
}
