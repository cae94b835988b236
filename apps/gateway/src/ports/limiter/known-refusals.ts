import type { Admission, LimitSet } from './admission.ts';

interface Known {
  readonly admission: Admission;
  /** `performance.now()` */
  readonly untilMs: number;
  readonly sinceMs: number;
}

const MOST = 10_000;

/** Refusals that stay true for a while, by the name of their counters: the last so many of them. */
export class KnownRefusals {
  readonly #refusals = new Map<string, Known>();

  add(name: string, admission: Admission, untilMs: number): void {
    this.#refusals.delete(name);
    if (this.#refusals.size >= MOST)
      for (const oldest of this.#refusals.keys()) if (this.#refusals.delete(oldest)) break;
    this.#refusals.set(name, { admission, untilMs, sinceMs: performance.now() });
  }

  /** The refusal with its seconds counted down; `null` when it has run out, or is of limits that have changed since. */
  get(name: string, { limits }: LimitSet, now: number): Admission | null {
    const known = this.#refusals.get(name);
    if (known === undefined) return null;
    if (now >= known.untilMs || known.admission.limits !== limits) {
      this.#refusals.delete(name);
      return null;
    }
    const passed = Math.floor((now - known.sinceMs) / 1000);
    const resetSeconds = known.admission.resetSeconds.map((seconds) => Math.max(1, seconds - passed));
    return { ...known.admission, resetSeconds };
  }
}
