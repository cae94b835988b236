/** Something that has to be over, or to have moved its deadline, by a moment of `performance.now()`. */
export interface Timed {
  readonly deadline: number;
  onDeadline(): void;
}

const TICK_MS = 50;

/** One timer for all running calls instead of one each; deadlines are met within a tick of 50 ms. */
export class Deadlines {
  readonly #running = new Set<Timed>();
  #timer: NodeJS.Timeout | null = null;

  add(timed: Timed): void {
    this.#running.add(timed);
    this.#timer ??= setInterval(() => this.#check(), TICK_MS).unref();
  }

  remove(timed: Timed): void {
    this.#running.delete(timed);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #check(): void {
    const now = performance.now();
    for (const timed of this.#running) {
      if (now < timed.deadline) continue;
      this.#running.delete(timed);
      timed.onDeadline();
    }
  }
}
