import type { Amounts, Counters, RuleStore, RunningCounters } from './rule.ts';

/** What calls took is told again until the store has heard it; beyond so many it counts as it was held. */
const MAX_UNTOLD = 100_000;

/** The calls of this node that count while they run: renewed as long as they do, so that those of a dead node lapse. */
export class Holds {
  readonly #store: RuleStore;
  readonly #running = new Map<Counters, RunningCounters>();
  /** Calls that ended while the store was away. */
  readonly #untold = new Map<Counters, Amounts | null>();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(store: RuleStore) {
    this.#store = store;
  }

  /** When the call was let in by the store's clock, and what the marker said then. */
  add(counters: Counters, { serverMs: atMs, epoch }: { readonly serverMs: number; readonly epoch: string }): void {
    this.#running.set(counters, { counters, atMs, epoch });
    this.#watch();
  }

  /** The call has ended, and took this; `null`: as much as was held. */
  release(counters: Counters, used: Amounts | null): void {
    if (!this.#running.delete(counters)) return;
    this.#tell(counters, used);
  }

  /** The store has lost its data: what calls hold is said again at once, and not more often than every second. */
  lost(): void {
    const now = performance.now();
    if (now - this.#saidAt < 1000) return;
    this.#saidAt = now;
    this.#renew();
  }

  /** Nothing is renewed or told again from here on. */
  close(): void {
    this.#closed = true;
    this.#rest();
  }

  #watch(): void {
    if (!this.#closed) this.#timer ??= setInterval(() => this.#renew(), this.#store.holdMs / 3).unref();
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tell(counters: Counters, used: Amounts | null): void {
    this.#store.release(counters, used).then(
      () => {
        this.#untold.delete(counters);
        if (this.#running.size === 0 && this.#untold.size === 0) this.#rest();
      },
      () => {
        if (this.#untold.size < MAX_UNTOLD) this.#untold.set(counters, used);
        this.#watch();
      },
    );
  }

  #renew(): void {
    for (const [counters, used] of this.#untold) this.#tell(counters, used);
    if (this.#running.size > 0) this.#store.renew([...this.#running.values()]).catch(() => {});
  }
}
