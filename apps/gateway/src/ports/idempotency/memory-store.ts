import type { Clock } from '@parley/kernel/clock';
import type { IdempotencyStore } from './store.ts';

interface Held {
  readonly fingerprint: string;
  owner: string | null;
  /** `undefined` while the first call runs. */
  answer: Buffer | null | undefined;
  endsAtMs: number;
}

/** Idempotency keys of one process, for tests. `away` makes every call fail, as Redis does when it is gone. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  away = false;
  readonly #held = new Map<string, Held>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async claim(...[key, fingerprint, owner, leaseMs]: Parameters<IdempotencyStore['claim']>) {
    const held = this.#find(key);
    if (!held) {
      this.#held.set(key, { fingerprint, owner, answer: undefined, endsAtMs: this.#clock.nowMs() + leaseMs });
      return { kind: 'claimed' } as const;
    }
    if (held.fingerprint !== fingerprint) return { kind: 'mismatch' } as const;
    if (held.answer !== undefined) return { kind: 'answered', answer: held.answer } as const;
    return { kind: 'running', leaseMs: held.endsAtMs - this.#clock.nowMs() } as const;
  }

  async extend(key: string, owner: string, leaseMs: number): Promise<boolean> {
    const held = this.#find(key);
    if (held?.owner !== owner) return false;
    held.endsAtMs = this.#clock.nowMs() + leaseMs;
    return true;
  }

  async keep(...[key, owner, answer, ttlMs]: Parameters<IdempotencyStore['keep']>): Promise<void> {
    const held = this.#find(key);
    if (held?.owner !== owner) return;
    held.owner = null;
    held.answer = answer;
    held.endsAtMs = this.#clock.nowMs() + ttlMs;
  }

  async release(key: string, owner: string): Promise<void> {
    if (this.#find(key)?.owner === owner) this.#held.delete(key);
  }

  #find(key: string): Held | undefined {
    if (this.away) throw new Error('the store is away');
    const held = this.#held.get(key);
    return held && held.endsAtMs > this.#clock.nowMs() ? held : undefined;
  }
}
