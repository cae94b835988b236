/** A passage by its place in its index, and how well it fits; more is better. */
export interface Scored {
  readonly at: number;
  readonly score: number;
}

/** Keeps the best few of many, best first; of equals the earlier one. */
export class Best {
  readonly #most: number;
  readonly #kept: Scored[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  offer(at: number, score: number): void {
    const kept = this.#kept;
    if (kept.length === this.#most && score <= (kept.at(-1)?.score ?? 0)) return;
    let place = kept.length;
    while (place > 0 && (kept[place - 1]?.score ?? 0) < score) place--;
    kept.splice(place, 0, { at, score });
    if (kept.length > this.#most) kept.pop();
  }

  list(): readonly Scored[] {
    return this.#kept;
  }
}
