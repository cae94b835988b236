import type { Logger } from '@parley/telemetry/logger';
import { LOAD_LIMITS, type LoadLevel, type LoadLimits, LoadState } from './load-level.ts';

const TICK_MS = 50;

/** Measures this node's load at intervals, and keeps what calls look at: one field. */
export class LoadWatch {
  readonly #life: { overload: LoadLevel };
  readonly #running: { readonly size: number };
  readonly #state: LoadState;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #dueAt = performance.now() + TICK_MS;

  constructor(
    life: { overload: LoadLevel },
    running: { readonly size: number },
    log: Logger,
    limits: Partial<LoadLimits> = {},
  ) {
    this.#life = life;
    this.#running = running;
    this.#log = log;
    this.#state = new LoadState({ ...LOAD_LIMITS, ...limits });
    this.#timer = setInterval(() => this.#measure(), TICK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #measure(): void {
    const now = performance.now();
    const delayMs = Math.max(0, now - this.#dueAt);
    this.#dueAt = now + TICK_MS;
    const inFlight = this.#running.size;
    const level = this.#state.observe(now, delayMs, inFlight);
    if (level === this.#life.overload) return;
    const detail = { level, inFlight, delayMs: Math.round(delayMs) };
    if (level > this.#life.overload)
      this.#log.warn('the node is overloaded; calls of low priority are refused', detail);
    else this.#log.info('the load has gone down; more calls are let in again', detail);
    this.#life.overload = level;
  }
}
