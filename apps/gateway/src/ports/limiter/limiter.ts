import type { Logger } from '@parley/telemetry/logger';
import { type Refusal, refusal } from '../../refusals.ts';
import type { CompiledLimit, CompiledPlan, CompiledSubscription } from '../../snapshot/compiled.ts';
import { Bucket } from './bucket.ts';
import type { LimitStore } from './decide.ts';

/** What the limits say after one call, for the rate-limit headers. Seconds are rounded up. */
export interface Admission {
  readonly limits: readonly CompiledLimit[];
  readonly remaining: readonly number[];
  readonly resetSeconds: readonly number[];
  /** Index of the limit that refused; -1 for an admitted call. */
  readonly failed: number;
}

export type Verdict = Admission | Refusal;

/** Lets calls of a subscription through as its plan's limits allow: never more than the limits, on any number of nodes. */
export interface Limiter {
  /** Decides from memory: admits with a permit held here, refuses what is known to be used up, or `null`: ask. */
  tryLocal(subscription: CompiledSubscription, plan: CompiledPlan): Admission | null;
  /** A refusal that is already certain, before any work is done for the call; takes nothing. */
  known(subscription: CompiledSubscription, plan: CompiledPlan): Admission | null;
  /** Decides with the store. */
  admit(subscription: CompiledSubscription, plan: CompiledPlan): Promise<Verdict>;
  close(): Promise<void>;
}

/** A bucket unused for this long is forgotten. */
const FORGET_AFTER_MS = 120_000;
const SWEEP_MS = 30_000;

/** Admission without limits: nothing to count. */
const UNLIMITED: Admission = { limits: [], remaining: [], resetSeconds: [], failed: -1 };

/** The limiter over a store of counters; one bucket per subscription holds leased permits and known refusals. */
export class LeasingLimiter implements Limiter {
  readonly #store: LimitStore;
  readonly #log: Logger;
  readonly #buckets = new Map<string, Bucket>();
  readonly #sweep: NodeJS.Timeout;
  #storeAway = false;

  constructor(store: LimitStore, log: Logger) {
    this.#store = store;
    this.#log = log;
    this.#sweep = setInterval(() => this.#forgetIdle(), SWEEP_MS).unref();
  }

  tryLocal(subscription: CompiledSubscription, plan: CompiledPlan): Admission | null {
    if (plan.limits.length === 0) return UNLIMITED;
    return this.#bucket(subscription, plan).tryLocal(performance.now());
  }

  known(subscription: CompiledSubscription, plan: CompiledPlan): Admission | null {
    if (plan.limits.length === 0) return null;
    return this.#bucket(subscription, plan).knownRefusal(performance.now());
  }

  async admit(subscription: CompiledSubscription, plan: CompiledPlan): Promise<Verdict> {
    try {
      const admission = await this.#bucket(subscription, plan).take();
      if (this.#storeAway) this.#log.info('limits are counted again');
      this.#storeAway = false;
      return admission;
    } catch (error) {
      if (!this.#storeAway) this.#log.error('limits cannot be counted; calls are refused', { error });
      this.#storeAway = true;
      return refusal('limiter_unavailable', { retryAfterSeconds: 1 });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#buckets.values()].map((bucket) => bucket.close()));
  }

  #bucket(subscription: CompiledSubscription, plan: CompiledPlan): Bucket {
    const known = this.#buckets.get(subscription.limitKey);
    if (known !== undefined && known.limits === plan.limits) return known;
    // A changed plan starts with an empty bucket; permits leased under the old one go back by themselves.
    const bucket = new Bucket(this.#store, subscription.limitKey, plan.limits);
    this.#buckets.set(subscription.limitKey, bucket);
    return bucket;
  }

  #forgetIdle(): void {
    const before = performance.now() - FORGET_AFTER_MS;
    for (const [key, bucket] of this.#buckets) if (bucket.usedAt < before) this.#buckets.delete(key);
  }
}
