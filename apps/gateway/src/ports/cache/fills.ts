/** How a call that others wait for has ended: its answer was stored, it may not be shared, or the call failed. */
export type FillEnd = 'stored' | 'not shared' | 'failed';

/** A question that is being asked upstream. */
export class Fill {
  readonly ended: Promise<FillEnd>;
  readonly #onEnd: (fill: Fill, end: FillEnd) => void;
  #resolve: (end: FillEnd) => void = () => {};
  #over = false;

  constructor(onEnd: (fill: Fill, end: FillEnd) => void) {
    this.#onEnd = onEnd;
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  end(end: FillEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#onEnd(this, end);
    this.#resolve(end);
  }
}

/** After an answer that may not be shared, equal calls do not wait for one another for so long. */
const APART_MS = 10_000;
const APART_SIZE = 10_000;

/** Questions being asked upstream by this node, so that equal ones become one. */
export class Fills {
  readonly #running = new Map<string, Fill>();
  readonly #apart = new Map<string, number>();

  running(primary: string): Fill | undefined {
    return this.#running.get(primary);
  }

  /** Equal calls are known not to share answers. */
  areApart(primary: string, nowMs: number): boolean {
    const until = this.#apart.get(primary);
    if (until === undefined) return false;
    if (until > nowMs) return true;
    this.#apart.delete(primary);
    return false;
  }

  /** Begins to ask; until the end others may wait for it. */
  begin(primary: string, nowMs: number): Fill {
    const fill = new Fill((ended, end) => {
      if (this.#running.get(primary) === ended) this.#running.delete(primary);
      if (end !== 'not shared') return;
      if (this.#apart.size >= APART_SIZE) this.#apart.clear();
      this.#apart.set(primary, nowMs + APART_MS);
    });
    this.#running.set(primary, fill);
    return fill;
  }
}
