import type { FailureKind } from '@parley/llm/neutral/answer';

/** A provider's key with its share of the calls. */
export interface ProviderKey {
  readonly id: string;
  readonly secret: string;
  readonly weight: number;
}

/** How long a key rests after a failure that is its own, in milliseconds: the first time, and at most. */
const RESTS: Partial<Readonly<Record<FailureKind, readonly [first: number, most: number]>>> = {
  rate_limit: [5000, 300_000],
  quota: [60_000, 3_600_000],
  authentication: [60_000, 3_600_000],
  permission: [60_000, 3_600_000],
};

/** Whether a failure is the key's: another key of the provider may do better. */
export function isKeyFailure(kind: FailureKind): boolean {
  return RESTS[kind] !== undefined;
}

/** What this node knows of a provider's key. After its rest one call tries it; others wait for how that goes. */
export class KeyState {
  #failures = 0;
  #restsUntilMs = 0;

  /** Whether it may be used; takes the trial of a key whose rest is over. */
  isReady(nowMs: number): boolean {
    if (nowMs < this.#restsUntilMs) return false;
    if (this.#failures > 0) this.#restsUntilMs = nowMs + TRIAL_MS;
    return true;
  }

  get restsUntilMs(): number {
    return this.#restsUntilMs;
  }

  /** `retryAfterMs`: what the provider asked for; 0 for nothing. */
  failed(kind: FailureKind, retryAfterMs: number, nowMs: number): void {
    const rest = RESTS[kind];
    if (rest === undefined) return;
    const [first, most] = rest;
    const ms = Math.min(most, Math.max(retryAfterMs, first * 2 ** this.#failures));
    this.#failures = Math.min(this.#failures + 1, MAX_DOUBLINGS);
    this.#restsUntilMs = nowMs + ms;
  }

  worked(): void {
    this.#failures = 0;
    this.#restsUntilMs = 0;
  }
}

/** How long the others leave a key alone while one call tries it. */
const TRIAL_MS = 2000;
const MAX_DOUBLINGS = 12;
