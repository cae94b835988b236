const SECONDS = 61;

/**
 * How much of something the last minute had, to the second: never less than it was, so that what is held to a limit by it is
 * within the limit in any 60 seconds.
 */
export class MinuteWindow {
  readonly #perSecond = new Float64Array(SECONDS);
  #second = 0;
  #sum = 0;

  add(amount: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#perSecond[this.#second % SECONDS] = (this.#perSecond[this.#second % SECONDS] ?? 0) + amount;
    this.#sum += amount;
  }

  sum(nowMs: number): number {
    this.#turn(nowMs);
    return this.#sum;
  }

  /** When the sum will be below a limit, in Unix milliseconds, if nothing is added; `nowMs` where it is. */
  belowAtMs(limit: number, nowMs: number): number {
    this.#turn(nowMs);
    let rest = this.#sum;
    if (rest < limit) return nowMs;
    for (let ago = SECONDS - 1; ago > 0; ago--) {
      rest -= this.#perSecond[(this.#second - ago + SECONDS) % SECONDS] ?? 0;
      if (rest < limit) return (this.#second - ago + SECONDS) * 1000;
    }
    return (this.#second + SECONDS) * 1000;
  }

  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second <= this.#second) return;
    const passed = Math.min(second - this.#second, SECONDS);
    for (let step = 1; step <= passed; step++) {
      const at = (second - passed + step) % SECONDS;
      this.#sum -= this.#perSecond[at] ?? 0;
      this.#perSecond[at] = 0;
    }
    this.#second = second;
  }
}
