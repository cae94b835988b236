import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '@parley/telemetry/logger';

/** An address somebody named for a service. */
export interface Found {
  /** IP address or name. */
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  /** Lower ones first; 0 where there is no such thing. */
  readonly priority: number;
}

/**
 * One round of asking: reports what is there, as often as it changes, and resolves with the milliseconds until the next
 * round. Rejects when the answer cannot be had; what was reported before then stays.
 */
export type Round = (report: (found: readonly Found[]) => void, signal: AbortSignal) => Promise<number>;

/** Where rounds come from, and how what they hold is let go. */
export interface Source {
  readonly round: Round;
  close(): void;
}

/** Rounds never follow one another faster: a server that does not wait as asked must not be flooded. */
const LEAST_ROUND_MS = 200;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Follows the addresses of one service until it is closed; after failures with growing, jittered pauses. */
export class Discovery {
  /** Resolves after the first report, or the first failure. */
  readonly first: Promise<void>;
  readonly #source: Source;
  readonly #report: (found: readonly Found[]) => void;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  readonly #tellFirst: () => void;

  constructor(source: Source, report: (found: readonly Found[]) => void, log: Logger) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.first = promise;
    this.#tellFirst = resolve;
    this.#source = source;
    this.#log = log;
    this.#report = (found) => {
      if (this.#closing.signal.aborted) return;
      report(found);
      resolve();
    };
    void this.#run();
  }

  close(): void {
    this.#closing.abort();
    this.#source.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      const begun = performance.now();
      let pauseMs: number;
      try {
        pauseMs = Math.max(await this.#source.round(this.#report, signal), begun + LEAST_ROUND_MS - performance.now());
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        const span = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
        pauseMs = span / 2 + (Math.random() * span) / 2;
        if (failures++ === 0)
          this.#log.warn('targets of an upstream cannot be discovered; the last ones stay', { error });
      }
      this.#tellFirst();
      await wait(Math.max(0, pauseMs), undefined, { signal, ref: false }).catch(() => {});
    }
  }
}
