import type { LimitSet } from './admission.ts';
import type { Bucket } from './bucket.ts';

/** A bucket unused for this long is forgotten. */
const FORGET_AFTER_MS = 120_000;
const SWEEP_MS = 30_000;

/** The buckets of this node by name. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #sweep = setInterval(() => this.#forgetIdle(), SWEEP_MS).unref();

  /** The bucket of these limits. Changed limits start with an empty one; permits leased before go back by themselves. */
  get(name: string, set: LimitSet): Bucket | null {
    const known = this.#buckets.get(name);
    return known !== undefined && known.set.limits === set.limits ? known : null;
  }

  add(name: string, bucket: Bucket): Bucket {
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** Brings back what is left in them. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#buckets.values()].map((bucket) => bucket.close()));
  }

  #forgetIdle(): void {
    const before = performance.now() - FORGET_AFTER_MS;
    for (const [name, bucket] of this.#buckets) if (bucket.usedAt < before) this.#buckets.delete(name);
  }
}
