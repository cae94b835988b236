import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@parley/telemetry/logger';
import type { Claim, IdempotencyStore } from './store.ts';

/** A key this node runs the first call of. `answer` is set once the call has ended and waits to be kept. */
interface Running {
  readonly owner: string;
  readonly key: string;
  answer: Buffer | null | undefined;
  ttlMs: number;
  triesLeft: number;
}

/** A node that dies leaves its keys taken for this long at most. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** How often an answer that could not be kept is tried again, once every renewal. */
const KEEP_TRIES = 6;
/** The caller's answer does not wait longer than this for being kept. */
const KEEP_WAIT_MS = 1000;
const CLOSE_WAIT_MS = 5000;
const CLOSE_LOOK_MS = 20;

/**
 * Idempotency keys in use on this node: taken with a lease that is renewed while the call runs, and given up with its
 * answer. One timer for all.
 */
export class IdempotencyKeys {
  readonly #store: IdempotencyStore;
  readonly #log: Logger;
  readonly #running = new Map<string, Running>();
  #timer: NodeJS.Timeout | null = null;

  constructor(store: IdempotencyStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Takes a key for a call (`owner`: its request id), or says what it is taken for. Rejects when the store is away. */
  async claim(key: string, fingerprint: string, owner: string): Promise<Claim> {
    const claim = await this.#store.claim(key, fingerprint, owner, LEASE_MS);
    if (claim.kind === 'claimed') {
      this.#running.set(key, { owner, key, answer: undefined, ttlMs: 0, triesLeft: KEEP_TRIES });
      this.#timer ??= setInterval(() => void this.#renew(), RENEW_MS).unref();
    }
    return claim;
  }

  /** Keeps a call's answer; `null` keeps only that there was one. Resolves when kept, or after a second: it is tried on. */
  async keep(key: string, answer: Buffer | null, ttlMs: number): Promise<void> {
    const running = this.#running.get(key);
    if (!running) return;
    running.answer = answer;
    running.ttlMs = ttlMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, KEEP_WAIT_MS);
    });
    await Promise.race([this.#tryKeep(running), late]);
    clearTimeout(timer);
  }

  /** Gives a key back: the call came to nothing, and a repeat may run. Where that fails, the lease ends. */
  async release(key: string): Promise<void> {
    const running = this.#running.get(key);
    if (!running) return;
    this.#running.delete(key);
    await this.#store.release(key, running.owner).catch(() => {});
  }

  /** Waits for calls that run on after their client has left, at most `graceMs`; hands over what waits to be kept. */
  async close(graceMs = CLOSE_WAIT_MS): Promise<void> {
    const until = performance.now() + graceMs;
    const ended = () => [...this.#running.values()].every((one) => one.answer !== undefined);
    while (!ended() && performance.now() < until) await delay(CLOSE_LOOK_MS);
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    const waiting = [...this.#running.values()].filter((one) => one.answer !== undefined);
    await Promise.all(waiting.map((one) => this.#tryKeep(one)));
  }

  async #tryKeep(running: Running): Promise<void> {
    try {
      await this.#store.keep(running.key, running.owner, running.answer ?? null, running.ttlMs);
      this.#running.delete(running.key);
    } catch (error) {
      running.triesLeft--;
      if (running.triesLeft > 0) return;
      this.#running.delete(running.key);
      this.#log.warn('the answer of an idempotency key could not be kept; a repeat will run again', { error });
    }
  }

  async #renew(): Promise<void> {
    if (this.#running.size === 0 && this.#timer) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    for (const running of this.#running.values()) {
      if (running.answer !== undefined) await this.#tryKeep(running);
      else await this.#store.extend(running.key, running.owner, LEASE_MS).catch(() => false);
    }
  }
}
