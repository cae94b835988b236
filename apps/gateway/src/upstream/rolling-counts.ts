const SLICES = 10;

/** Counts of two kinds of event over a sliding window, in ten slices: old ones fall out by a tenth of the window. */
export class RollingCounts {
  readonly #sliceMs: number;
  readonly #counts = new Float64Array(SLICES * 2);
  #latest = 0;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  add(kind: 0 | 1, nowMs: number): void {
    const at = this.#turnTo(nowMs) * 2 + kind;
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  sum(kind: 0 | 1, nowMs: number): number {
    this.#turnTo(nowMs);
    let sum = 0;
    for (let at = kind; at < SLICES * 2; at += 2) sum += this.#counts[at] as number;
    return sum;
  }

  clear(): void {
    this.#counts.fill(0);
  }

  /** Empties the slices passed since the last use; returns the place of the present one. */
  #turnTo(nowMs: number): number {
    const slice = Math.floor(nowMs / this.#sliceMs);
    const passed = Math.min(slice - this.#latest, SLICES);
    for (let i = 0; i < passed; i++) {
      const at = ((slice - i) % SLICES) * 2;
      this.#counts[at] = 0;
      this.#counts[at + 1] = 0;
    }
    this.#latest = Math.max(slice, this.#latest);
    return this.#latest % SLICES;
  }
}
