import type { PassiveHealthOptions } from '@parley/contracts/upstream-options';
import type { Target } from '../balance/target.ts';

/**
 * Leaves out targets whose calls fail (outlier detection). A target is *fit*, then *ejected* for a time, then *on trial*:
 * one call at a time may try it, and its outcome makes it fit again or ejects it for twice as long.
 */
export class PassiveHealth {
  readonly #options: PassiveHealthOptions;

  constructor(options: PassiveHealthOptions) {
    this.#options = options;
  }

  /** Whether an answer with this status counts as a failed call. */
  isFailure(status: number): boolean {
    return this.#options.count5xx && status >= 500;
  }

  /** A call went well. True when that makes the target fit again: only a trial can, not a call from before. */
  good(target: Target, trial: boolean): boolean {
    target.failures = 0;
    if (!trial || target.ejectedUntil === 0) return false;
    target.ejectedUntil = 0;
    target.ejections = 0;
    target.probing = false;
    return true;
  }

  /** A call failed. True when that ejects the target. `targets` are all of its group. */
  bad(target: Target, trial: boolean, targets: readonly Target[], nowMs: number): boolean {
    target.failures++;
    if (!trial && (target.ejectedUntil !== 0 || !this.#isDue(target, targets))) return false;
    const { ejectSeconds, maxEjectSeconds } = this.#options;
    const seconds = Math.min(ejectSeconds * 2 ** target.ejections, Math.max(ejectSeconds, maxEjectSeconds));
    target.ejections = Math.min(target.ejections + 1, 30);
    target.ejectedUntil = nowMs + seconds * 1000;
    target.probing = false;
    return true;
  }

  #isDue(target: Target, targets: readonly Target[]): boolean {
    return target.failures >= this.#options.consecutiveFailures && this.#mayEject(targets);
  }

  #mayEject(targets: readonly Target[]): boolean {
    let out = 0;
    for (const target of targets) if (target.ejectedUntil !== 0) out++;
    return out + 1 <= Math.floor((targets.length * this.#options.maxEjectedPercent) / 100);
  }
}

/** Whether a target may be given a call now. */
export function isFit(target: Target, nowMs: number): boolean {
  if (target.sick) return false;
  return target.ejectedUntil === 0 || (target.ejectedUntil <= nowMs && !target.probing);
}
