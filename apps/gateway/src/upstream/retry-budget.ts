import type { RetryOptions } from '@parley/contracts/upstream-options';
import { RollingCounts } from './rolling-counts.ts';

const WINDOW_MS = 10_000;
const CALLS = 0;
const RETRIES = 1;

/**
 * Keeps retries from making an outage worse: over the last ten seconds they are at most a share of the calls, and some
 * that are always allowed (Finagle, Linkerd).
 */
export class RetryBudget {
  readonly #options: RetryOptions;
  readonly #counts = new RollingCounts(WINDOW_MS);

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  noteCall(nowMs: number): void {
    this.#counts.add(CALLS, nowMs);
  }

  /** Takes one retry out of the budget; false when it is used up. */
  take(nowMs: number): boolean {
    const { budgetPercent, freePerSecond } = this.#options;
    const free = (freePerSecond * WINDOW_MS) / 1000;
    const allowed = free + (this.#counts.sum(CALLS, nowMs) * budgetPercent) / 100;
    if (this.#counts.sum(RETRIES, nowMs) + 1 > allowed) return false;
    this.#counts.add(RETRIES, nowMs);
    return true;
  }
}
