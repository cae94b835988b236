import { type Admission, admissionOf, type LimitSet, worstLimit } from './admission.ts';
import { type Decision, LEASE_MS, NotSent } from './decide.ts';

/** Where a bucket's permits come from. Both reject while the store is away. */
export interface Supply {
  /** Whether permits may be used a moment after they were given. */
  readonly leases: boolean;
  take(want: number, spare: number): Promise<Decision>;
  /** Brings permits of a decision back. */
  giveBack(unused: number, decision: Decision): Promise<void>;
}

interface Waiter {
  readonly resolve: (admission: Admission) => void;
  readonly reject: (error: unknown) => void;
  /** Has waited once already for permits that may come back. */
  retried: boolean;
}

/** Spare permits asked for at most. */
const MAX_SPARE = 4096;
/** Below this many calls per lease time a subscription is served one permit at a time. */
const HOT_CALLS = 3;
const OFFER_AGAIN_MS = 100;
/** Left to a node for bringing unused permits back. */
export const AFTER_LEASE_MS = 5;

/**
 * Permits of one subscription on this node. Calls that find none wait together for one question to the store. A busy
 * subscription is given spare permits for a moment (a lease), to be used without asking; unused ones are brought back.
 *
 * Local times are `performance.now()`. Server time at a local moment t is at most `serverMs + (t − sentAt)`, as the
 * server decided after we sent; a lease is used only while even that is within its windows.
 */
export class Bucket {
  readonly set: LimitSet;
  readonly #supply: Supply;
  usedAt = 0;
  #permits = 0;
  #leaseEnd = 0;
  #deniedUntil = 0;
  #decision: Decision | null = null;
  #sentAt = 0;
  #waiting: Waiter[] = [];
  #asking = false;
  #recentCalls = 0;
  #recentSince = 0;
  #lastRate = 0;
  #expiry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(supply: Supply, set: LimitSet) {
    this.#supply = supply;
    this.set = set;
  }

  tryLocal(now: number): Admission | null {
    this.usedAt = now;
    this.#recentCalls++;
    if (this.#permits > 0 && now < this.#leaseEnd) {
      this.#permits--;
      return this.#admission(now, -1);
    }
    return now < this.#deniedUntil ? this.#admission(now, this.#failedLimit()) : null;
  }

  knownRefusal(now: number): Admission | null {
    return now < this.#deniedUntil && this.#permits === 0 ? this.#admission(now, this.#failedLimit()) : null;
  }

  /** Resolves with the verdict of the store; rejects when it is away. */
  take(): Promise<Admission> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, retried: false });
      if (!this.#asking) void this.#ask();
    });
  }

  /** Brings what is left back. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#expire();
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    while (this.#waiting.length > 0) {
      const asking = this.#waiting;
      this.#waiting = [];
      if (this.#permits > 0) void this.#expire();
      const sentAt = performance.now();
      try {
        const decision = await this.#supply.take(asking.length, this.#spare(sentAt));
        this.#settle(decision, sentAt, asking);
      } catch (error) {
        for (const waiter of asking) waiter.reject(error);
      }
    }
    this.#asking = false;
  }

  #settle(decision: Decision, sentAt: number, asking: readonly Waiter[]): void {
    const now = performance.now();
    this.#decision = decision;
    this.#sentAt = sentAt;
    const served = Math.min(decision.granted, asking.length);
    for (let i = 0; i < served; i++) (asking[i] as Waiter).resolve(this.#admission(now, -1));
    if (decision.granted > asking.length) this.#lease(decision, sentAt, decision.granted - asking.length);
    if (served < asking.length) this.#refuse(decision, sentAt, asking.slice(served), now);
  }

  #lease(decision: Decision, sentAt: number, permits: number): void {
    const windowEnd = Math.min(...decision.windows.map((window) => window.resetMs));
    this.#permits = permits;
    this.#leaseEnd = sentAt + Math.min(LEASE_MS, windowEnd - decision.serverMs);
    const wait = Math.max(1, this.#leaseEnd - performance.now());
    if (this.#expiry) clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => void this.#expire(), wait).unref();
  }

  /** Refuses; but calls that come while another node may still bring permits back wait for those once. */
  #refuse(decision: Decision, sentAt: number, waiters: readonly Waiter[], now: number): void {
    const fresh = decision.leaseUntilMs > 0 ? waiters.filter((waiter) => !waiter.retried) : [];
    const failed = this.#failedLimit();
    for (const waiter of waiters) if (!fresh.includes(waiter)) waiter.resolve(this.#admission(now, failed));
    if (fresh.length === 0) {
      const reset = decision.windows[failed]?.resetMs ?? decision.serverMs;
      this.#deniedUntil = sentAt + Math.max(0, reset - decision.serverMs);
      return;
    }
    for (const waiter of fresh) waiter.retried = true;
    setTimeout(
      () => {
        this.#waiting.push(...fresh);
        if (!this.#asking) void this.#ask();
      },
      decision.leaseUntilMs - decision.serverMs + AFTER_LEASE_MS,
    );
  }

  /** The lease is over: what is left of it goes back to its windows. */
  async #expire(): Promise<void> {
    if (this.#expiry) clearTimeout(this.#expiry);
    this.#expiry = null;
    const unused = this.#permits;
    const decision = this.#decision;
    this.#permits = 0;
    if (unused === 0 || decision === null) return;
    await this.#giveBack(unused, decision, this.#sentAt);
  }

  /** Permits that a store did not take back for sure are offered again while their windows run; else they stay used. */
  async #giveBack(unused: number, decision: Decision, sentAt: number): Promise<void> {
    try {
      await this.#supply.giveBack(unused, decision);
    } catch (error) {
      const windowEnd = Math.min(...decision.windows.map((window) => window.resetMs));
      const runs = performance.now() < sentAt + windowEnd - decision.serverMs;
      if (!(error instanceof NotSent) || !runs || this.#closed) return;
      setTimeout(() => void this.#giveBack(unused, decision, sentAt), OFFER_AGAIN_MS).unref();
    }
  }

  /** Spare permits to ask for: about what the last lease time used. */
  #spare(now: number): number {
    if (!this.#supply.leases) return 0;
    const elapsed = now - this.#recentSince;
    if (elapsed >= LEASE_MS) {
      this.#lastRate = elapsed > 4 * LEASE_MS ? 0 : (this.#recentCalls * LEASE_MS) / elapsed;
      this.#recentCalls = 0;
      this.#recentSince = now;
    }
    const rate = Math.max(this.#lastRate, this.#recentCalls);
    return rate < HOT_CALLS ? 0 : Math.min(MAX_SPARE, Math.ceil(rate));
  }

  #failedLimit(): number {
    return this.#decision === null ? 0 : worstLimit(this.set, this.#decision);
  }

  #admission(now: number, failed: number): Admission {
    return admissionOf(this.set, this.#decision as Decision, now - this.#sentAt, this.#permits, failed);
  }
}
