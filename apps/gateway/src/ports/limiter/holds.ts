import type { Amounts, Counters, EndedCall, RuleStore, RunningCounters } from './rule.ts';

/** What calls took is told again until the store has heard it; beyond so many it counts as it was held. */
const MAX_UNTOLD = 100_000;
/** At most so many in one go: the store does nothing else meanwhile. */
const TOLD_AT_ONCE = 200;

/** The calls of this node that count while they run: renewed as long as they do, so that those of a dead node lapse. */
export class Holds {
  readonly #store: RuleStore;
  readonly #running = new Map<Counters, RunningCounters>();
  /** Calls that have ended, and of which the store has not heard. */
  readonly #untold = new Map<Counters, Amounts | null>();
  #telling: NodeJS.Immediate | null = null;
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
    this.#untold.set(counters, used);
    // Together with all that end in this turn of the event loop; who calls again after an answer comes in a later one.
    this.#telling ??= setImmediate(() => void this.#tell());
  }

  /** The store has lost its data: what calls hold is said again at once, and not more often than every second. */
  lost(): void {
    const now = performance.now();
    if (now - this.#saidAt < 1000) return;
    this.#saidAt = now;
    this.#renew();
  }

  /** What has ended is told now; nothing is renewed or told again from here on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#rest();
    await this.#tell();
  }

  #watch(): void {
    if (!this.#closed) this.#timer ??= setInterval(() => this.#renew(), this.#store.holdMs / 3).unref();
  }

  #rest(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #tell(): Promise<void> {
    if (this.#telling !== null) clearImmediate(this.#telling);
    this.#telling = null;
    const ended = [...this.#untold].map(([counters, used]) => ({ counters, used }));
    this.#untold.clear();
    const told: Promise<void>[] = [];
    for (let at = 0; at < ended.length; at += TOLD_AT_ONCE)
      told.push(this.#tellThese(ended.slice(at, at + TOLD_AT_ONCE)));
    await Promise.all(told);
    if (this.#running.size === 0 && this.#untold.size === 0) this.#rest();
  }

  async #tellThese(ended: readonly EndedCall[]): Promise<void> {
    try {
      await this.#store.release(ended);
    } catch {
      const room = Math.max(0, MAX_UNTOLD - this.#untold.size);
      for (const { counters, used } of ended.slice(0, room)) this.#untold.set(counters, used);
      this.#watch();
    }
  }

  #renew(): void {
    if (this.#untold.size > 0) void this.#tell();
    if (this.#running.size > 0) this.#store.renew([...this.#running.values()]).catch(() => {});
  }
}
