import type { Choosing, Verdict } from './strategy.ts';

/** Pieces taken one by one, never more than there is room for. */
export class Room {
  readonly verdicts: Verdict[];
  readonly #given: Choosing;
  #left: number;

  constructor(given: Choosing, left: number) {
    this.#given = given;
    this.#left = left;
    this.verdicts = given.pieces.map(() => 'budget');
  }

  /** Tokens. */
  get left(): number {
    return this.#left;
  }

  isIn(at: number): boolean {
    return this.verdicts[at] !== 'budget';
  }

  /** Takes a piece that fits; false where it does not, or where there is none of this number. */
  take(at: number, why: Verdict): boolean {
    const piece = this.#given.pieces[at];
    if (piece === undefined) return false;
    if (this.isIn(at)) return true;
    if (piece.tokens > this.#left) return false;
    this.verdicts[at] = why;
    this.#left -= piece.tokens;
    return true;
  }

  /**
   * Takes the newest pieces back to `from` while less than `share` tokens are used for it, the newest of all in any case; ends at
   * the first that does not fit. Answers the number of the oldest it took.
   */
  takeNewest(share: number, from = 0): number {
    const { pieces } = this.#given;
    let used = 0;
    let at = pieces.length;
    while (at > from) {
      const { tokens } = pieces[at - 1] as (typeof pieces)[number];
      const isWithin = used + tokens <= share || at === pieces.length;
      if (!this.isIn(at - 1) && !(isWithin && this.take(at - 1, 'recent'))) break;
      used += tokens;
      at--;
    }
    return at;
  }
}
