/** How many messages a second one side may send: as many at once after a quiet second. */
export class MessageRate {
  readonly #perSecond: number;
  #left: number;
  #at = 0;

  constructor(perSecond: number | undefined) {
    this.#perSecond = perSecond ?? Number.POSITIVE_INFINITY;
    this.#left = this.#perSecond;
  }

  /** Whether one more message is within the rate; it then counts. `nowMs` never falls. */
  take(nowMs: number): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    this.#left = Math.min(this.#perSecond, this.#left + ((nowMs - this.#at) * this.#perSecond) / 1000);
    this.#at = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
