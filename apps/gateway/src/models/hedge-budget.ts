import { RollingCounts } from '../upstream/rolling-counts.ts';

const WINDOW_MS = 10_000;
const CALLS = 0;
const HEDGES = 1;
/** Allowed in any window, so that an endpoint with few calls is helped too. */
const FREE = 1;

/** Keeps second tries from doubling what an outage asks of providers: over ten seconds they are at most a share of the calls. */
export class HedgeBudget {
  readonly #counts = new RollingCounts(WINDOW_MS);

  noteCall(nowMs: number): void {
    this.#counts.add(CALLS, nowMs);
  }

  /** Whether one more is within the share (0 to 1) of the calls. */
  allows(share: number, nowMs: number): boolean {
    return this.#counts.sum(HEDGES, nowMs) + 1 <= FREE + this.#counts.sum(CALLS, nowMs) * share;
  }

  take(nowMs: number): void {
    this.#counts.add(HEDGES, nowMs);
  }
}
