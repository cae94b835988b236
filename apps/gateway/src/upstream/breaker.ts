import type { BreakerOptions } from '@parley/contracts/upstream-options';
import { RollingCounts } from './rolling-counts.ts';

/** Closed lets calls pass, open none, half-open a few on trial. */
const MOVES = {
  closed: { trip: 'open' },
  open: { elapse: 'halfOpen' },
  halfOpen: { heal: 'closed', trip: 'open' },
} as const;
type BreakerState = keyof typeof MOVES;

const CALLS = 0;
const FAILURES = 1;

/**
 * A circuit breaker over the calls to one upstream. `enter` before a call, then exactly one of `result` and `cancel`, with
 * the pass that `enter` gave: what began in an earlier state decides nothing in a later one.
 */
export class Breaker {
  state: BreakerState = 'closed';
  readonly #options: BreakerOptions;
  readonly #counts: RollingCounts;
  #pass = 1;
  #inRow = 0;
  #openUntil = 0;
  #probes = 0;
  #healed = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#counts = new RollingCounts(options.windowSeconds * 1000);
  }

  /** A pass for a call; 0 when none may be made now. */
  enter(nowMs: number): number {
    if (this.state === 'open' && nowMs >= this.#openUntil) this.#to(MOVES.open.elapse);
    if (this.state === 'open') return 0;
    if (this.state === 'halfOpen') {
      if (this.#probes >= this.#options.probes) return 0;
      this.#probes++;
    }
    return this.#pass;
  }

  /** Milliseconds until a refused call may be tried again; at least one second while probes are under way. */
  waitMs(nowMs: number): number {
    return Math.max(1000, this.#openUntil - nowMs);
  }

  /** How a call ended. */
  result(pass: number, good: boolean, nowMs: number): void {
    if (pass !== this.#pass) return;
    if (this.state === 'halfOpen') {
      if (!good) this.#trip(nowMs);
      else if (++this.#healed >= this.#options.probes) this.#to(MOVES.halfOpen.heal);
      return;
    }
    this.#counts.add(CALLS, nowMs);
    this.#inRow = good ? 0 : this.#inRow + 1;
    if (good) return;
    this.#counts.add(FAILURES, nowMs);
    if (this.#isTooMuch(nowMs)) this.#trip(nowMs);
  }

  /** The call ended without saying anything of the upstream: its caller left. */
  cancel(pass: number): void {
    if (pass === this.#pass && this.state === 'halfOpen') this.#probes--;
  }

  #isTooMuch(nowMs: number): boolean {
    const { consecutiveFailures, errorPercent, minCalls } = this.#options;
    if (consecutiveFailures !== undefined && this.#inRow >= consecutiveFailures) return true;
    const calls = this.#counts.sum(CALLS, nowMs);
    return calls >= minCalls && this.#counts.sum(FAILURES, nowMs) * 100 >= errorPercent * calls;
  }

  #trip(nowMs: number): void {
    this.#openUntil = nowMs + this.#options.openSeconds * 1000;
    this.#to('open');
  }

  #to(state: BreakerState): void {
    this.state = state;
    this.#pass++;
    this.#probes = 0;
    this.#healed = 0;
    this.#inRow = 0;
    this.#counts.clear();
  }
}
