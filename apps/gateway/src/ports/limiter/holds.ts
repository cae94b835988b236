import { type Counters, heldKeys, type RuleStore } from './rule.ts';

/** The calls of this node that count while they run: renewed as long as they do, so that those of a dead node lapse. */
export class Holds {
  readonly #store: RuleStore;
  readonly #running = new Set<Counters>();
  #timer: NodeJS.Timeout | null = null;

  constructor(store: RuleStore) {
    this.#store = store;
  }

  add(counters: Counters): void {
    this.#running.add(counters);
    this.#timer ??= setInterval(() => this.#renew(), this.#store.holdMs / 3).unref();
  }

  /** The call has ended. While the store is away it goes on counting, until its hold lapses. */
  release(counters: Counters): void {
    if (!this.#running.delete(counters)) return;
    if (this.#running.size === 0) this.close();
    this.#store.release(counters).catch(() => {});
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #renew(): void {
    const holders = new Map<string, string[]>();
    for (const counters of this.#running) {
      for (const key of heldKeys(counters)) {
        const calls = holders.get(key);
        if (calls) calls.push(counters.holder);
        else holders.set(key, [counters.holder]);
      }
    }
    this.#store.renew(holders).catch(() => {});
  }
}
