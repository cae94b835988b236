import type { Refusal } from '../refusals.ts';
import type { Receiver } from '../upstream/call.ts';

/** What carries an upstream's answer to the caller, and what it can still say when the call is ended from our side. */
export interface Relay extends Receiver {
  /** Notes what was used so far. */
  noteUsage(): void;
  /** Text that ends a begun answer as an error, in its protocol; `null` when only breaking off is left. */
  brokenText(reason: Refusal): string | null;
}
