import type { UsageEvent } from '@parley/contracts/usage-event';

/** Where usage events go before they are forgotten. */
export interface Meter {
  /** False when no more can be kept safely: paid calls are refused then. */
  accepts(): boolean;
  /** Keeps the event; calls `then(subject)` once it would survive the death of this process. */
  record<T>(event: UsageEvent, then: (subject: T) => void, subject: T): void;
  /** Hands over what is held, for a few seconds at most; what remains is safe on disk. */
  close(): Promise<void>;
}

/** The twin: a list. */
export function memoryMeter(): Meter & { readonly events: UsageEvent[]; full: boolean } {
  const events: UsageEvent[] = [];
  return {
    events,
    full: false,
    accepts() {
      return !this.full;
    },
    record(event, then, subject) {
      events.push(event);
      queueMicrotask(() => then(subject));
    },
    async close() {},
  };
}
