/** Longest stretch of work between two turns of the event loop, milliseconds: calls wait behind it. */
const SLICE_MS = 0.5;

/** Work that is done a little at a time: calls are served between its slices. Counts the time it took. */
export class Slices {
  #since = performance.now();
  #doneMs = 0;

  /** Time spent working so far, in milliseconds; pauses and waits are not counted. */
  get busyMs(): number {
    return this.#doneMs + (performance.now() - this.#since);
  }

  /** To be called between small steps: lets the event loop turn when the slice is used up; else `null`. */
  pause(): Promise<void> | null {
    if (performance.now() - this.#since < SLICE_MS) return null;
    return this.wait(new Promise((resolve) => setImmediate(resolve)));
  }

  /** Waits for something that is not work of this thread. */
  async wait<T>(what: Promise<T>): Promise<T> {
    this.#doneMs += performance.now() - this.#since;
    try {
      return await what;
    } finally {
      this.#since = performance.now();
    }
  }

  /** Does work that yields between its steps. */
  async run<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      const turn = this.pause();
      if (turn !== null) await turn;
    }
  }
}

/** Does such work in one go. */
export function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
