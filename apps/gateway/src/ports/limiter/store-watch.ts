import type { Logger } from '@parley/telemetry/logger';

/** Says once when the store of counters goes away, and once when it is back. */
export class StoreWatch {
  readonly #log: Logger;
  #away = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  answered(): void {
    if (this.#away) this.#log.info('limits are counted again');
    this.#away = false;
  }

  failed(error: unknown): void {
    if (!this.#away) this.#log.error('limits cannot be counted; calls are refused', { error });
    this.#away = true;
  }
}
