import type { Logger } from '@parley/telemetry/logger';
import type { RuleStore } from './rule.ts';

/** Looks now and then for what calls of dead nodes hold: it counts as used, at what was held, and is told in the log. */
export class OrphanSweep {
  readonly #timer: NodeJS.Timeout;

  constructor(store: RuleStore, log: Logger) {
    const sweep = async (): Promise<void> => {
      for (const { counter, calls, amount } of await store.sweep()) {
        log.warn('calls of a node that died count as what they held at most', { counter, calls, amount });
      }
    };
    // A store that is away is told of by those who need it.
    this.#timer = setInterval(() => void sweep().catch(() => {}), store.holdMs / 3).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
