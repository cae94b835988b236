import type { Logger } from '@parley/telemetry/logger';
import { type Refusal, refusal } from '../../refusals.ts';
import type { CompiledPlan, CompiledSubscription } from '../../snapshot/compiled.ts';
import { type Admission, UNLIMITED } from './admission.ts';
import { Bucket } from './bucket.ts';
import { Buckets } from './buckets.ts';
import type { Decision, LimitStore } from './decide.ts';
import { RuleLimiter } from './rule-limiter.ts';
import { StoreWatch } from './store-watch.ts';

export type Verdict = Admission | Refusal;

/** Lets calls of a subscription through as its plan's limits allow: never more than the limits, on any number of nodes. */
export interface Limiter {
  /** Decides from memory: admits with a permit held here, refuses what is known to be used up, or `null`: ask. */
  tryLocal(subscription: CompiledSubscription, plan: CompiledPlan): Admission | null;
  /** A refusal that is already certain, before any work is done for the call; takes nothing. */
  known(subscription: CompiledSubscription, plan: CompiledPlan): Admission | null;
  /** Decides with the store. */
  admit(subscription: CompiledSubscription, plan: CompiledPlan): Promise<Verdict>;
  /** For endpoints whose policy has limits of its own. */
  readonly rules: RuleLimiter;
  close(): Promise<void>;
}

/** The limiter over a store of counters; one bucket per subscription holds leased permits and known refusals. */
export class LeasingLimiter implements Limiter {
  readonly rules: RuleLimiter;
  readonly #store: LimitStore;
  readonly #watch: StoreWatch;
  readonly #buckets = new Buckets();

  constructor(store: LimitStore, log: Logger) {
    this.#store = store;
    this.#watch = new StoreWatch(log);
    this.rules = new RuleLimiter(store.rules, this.#watch, log);
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
      this.#watch.answered();
      return admission;
    } catch (error) {
      this.#watch.failed(error);
      return refusal('limiter_unavailable', { retryAfterSeconds: 1 });
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#buckets.close(), this.rules.close()]);
  }

  #bucket({ limitKey }: CompiledSubscription, plan: CompiledPlan): Bucket {
    return this.#buckets.get(limitKey, plan) ?? this.#buckets.add(limitKey, this.#newBucket(limitKey, plan));
  }

  #newBucket(key: string, plan: CompiledPlan): Bucket {
    const supply = {
      leases: true,
      take: (want: number, spare: number) => this.#store.take(key, plan.limits, want, spare),
      giveBack: (unused: number, { windows }: Decision) =>
        this.#store.giveBack(
          key,
          plan.limits,
          unused,
          windows.map((window) => window.resetMs),
        ),
    };
    return new Bucket(supply, plan);
  }
}
