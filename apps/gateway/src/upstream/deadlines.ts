import { type Linked, LinkedList } from '../linked-list.ts';

/** Something that has to be over, or to have moved its deadline, by a moment of `performance.now()`. */
export interface Timed extends Linked<Timed> {
  readonly deadline: number;
  onDeadline(): void;
}

const TICK_MS = 50;

/** One timer for all running calls instead of one each; deadlines are met within a tick of 50 ms. */
export class Deadlines {
  readonly #running = new LinkedList<Timed>();
  #timer: NodeJS.Timeout | null = null;

  add(timed: Timed): void {
    this.#running.add(timed);
    this.#timer ??= setInterval(() => this.#check(), TICK_MS).unref();
  }

  remove(timed: Timed): void {
    this.#running.remove(timed);
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #check(): void {
    const now = performance.now();
    this.#running.forEach((timed) => {
      if (now < timed.deadline) return;
      this.#running.remove(timed);
      timed.onDeadline();
    });
  }
}
