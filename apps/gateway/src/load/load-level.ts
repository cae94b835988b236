/** 0: all is well; 1: sheddable calls are refused; 2: normal ones, too. Critical calls never are. */
export type LoadLevel = 0 | 1 | 2;

export interface LoadLimits {
  /** Calls a node answers at the same time, of which a fifth is kept for critical ones. */
  readonly maxInFlight: number;
  /** Delay of the event loop, in milliseconds, at which sheddable and normal calls are refused. */
  readonly delayMs: readonly [sheddable: number, normal: number];
  /** How long all must be well below a threshold before its calls are let in again. */
  readonly calmMs: number;
}

export const LOAD_LIMITS: LoadLimits = { maxInFlight: 10_000, delayMs: [200, 800], calmMs: 2000 };

/** Shares of `maxInFlight` at which sheddable and normal calls are refused. */
const SHARES = [0.6, 0.8] as const;
/** Below this part of a threshold a node counts as calm again. */
const CALM = 0.7;
/** Weight of the newest delay: one long collection of garbage is no overload. */
const NEWEST = 0.4;

/** Decides what is refused: more as soon as there is too much, less again only step by step, so that it does not flap. */
export class LoadState {
  readonly #limits: LoadLimits;
  #delayMs = 0;
  #calmSinceMs: number | null = null;
  level: LoadLevel = 0;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
  }

  /** Takes in what was measured just now; answers the level that holds from here on. */
  observe(nowMs: number, delayMs: number, inFlight: number): LoadLevel {
    this.#delayMs += (delayMs - this.#delayMs) * NEWEST;
    const wanted = this.#levelAt(inFlight, 1);
    if (wanted >= this.level) {
      this.level = wanted;
      this.#calmSinceMs = null;
    } else if (this.#levelAt(inFlight, CALM) >= this.level) {
      this.#calmSinceMs = null;
    } else {
      this.#calmSinceMs ??= nowMs;
      if (nowMs - this.#calmSinceMs >= this.#limits.calmMs) {
        this.level = this.level === 2 ? 1 : 0;
        this.#calmSinceMs = null;
      }
    }
    return this.level;
  }

  /** The level that this load asks for, were the thresholds this part of what they are. */
  #levelAt(inFlight: number, part: number): LoadLevel {
    const { maxInFlight, delayMs } = this.#limits;
    const beyond = (i: 0 | 1): boolean =>
      inFlight >= Math.ceil(SHARES[i] * maxInFlight * part) || this.#delayMs >= delayMs[i] * part;
    if (beyond(1)) return 2;
    return beyond(0) ? 1 : 0;
  }
}
