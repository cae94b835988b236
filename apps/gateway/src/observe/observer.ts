import type { UsageEvent } from '@parley/contracts/usage-event';
import type { Exchange } from '../exchange.ts';

/** Looks on at calls, for an operator's traces and metrics. It never throws, never waits, and changes nothing a caller sees. */
export interface CallObserver {
  /** A request's headers were read. */
  begin(exchange: Exchange): void;
  /** A call of a known caller is recorded. */
  ended(exchange: Exchange, event: UsageEvent): void;
  close(): Promise<void>;
}

/** Several as one; `null` for none, which costs a call nothing. */
export function observers(given: readonly (CallObserver | null)[]): CallObserver | null {
  const all = given.filter((one) => one !== null);
  if (all.length <= 1) return all[0] ?? null;
  return {
    begin: (exchange) => {
      for (const one of all) one.begin(exchange);
    },
    ended: (exchange, event) => {
      for (const one of all) one.ended(exchange, event);
    },
    close: async () => {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}
