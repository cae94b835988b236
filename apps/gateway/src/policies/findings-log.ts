import type { Logger } from '@parley/telemetry/logger';

const EVERY_MS = 1000;

/** Writes findings to the log, one a second at most for each endpoint; says how many it left out. */
export class FindingsLog {
  readonly #message: string;
  readonly #endpoint: Readonly<Record<string, unknown>>;
  #nextAt = 0;
  #leftOut = 0;

  constructor(message: string, endpoint: Readonly<Record<string, unknown>>) {
    this.#message = message;
    this.#endpoint = endpoint;
  }

  add(log: Logger, finding: Readonly<Record<string, unknown>>): void {
    const now = performance.now();
    if (now < this.#nextAt) {
      this.#leftOut++;
      return;
    }
    log.warn(this.#message, { ...this.#endpoint, ...finding, leftOut: this.#leftOut });
    this.#nextAt = now + EVERY_MS;
    this.#leftOut = 0;
  }
}
