import type { CompiledLimit } from '../../snapshot/compiled.ts';
import type { RuleStore } from './rule.ts';

/** What a store of counters says to “I want `want` permits, and gladly `spare` more to use soon”. */
export interface Decision {
  /** Permits given, 0 … want + spare; they are counted as used in every window. */
  readonly granted: number;
  /** Server time of the decision, Unix milliseconds. */
  readonly serverMs: number;
  /** Until then (server time) permits handed out earlier may still come back; 0 for none. */
  readonly leaseUntilMs: number;
  /** For each limit: permits left, and when its window ends (server time). */
  readonly windows: readonly { readonly remaining: number; readonly resetMs: number }[];
}

/** The store is away and has surely not been asked: asking again cannot count twice. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** Counters of subscriptions, exact across nodes. Rejects when they cannot be reached. */
export interface LimitStore {
  /** All limits in one atomic step: a permit is given in every window or in none. */
  take(key: string, limits: readonly CompiledLimit[], want: number, spare: number): Promise<Decision>;
  /** Brings unused permits back, into the windows they were taken from (`resetMs` of the decision) if those still run. */
  giveBack(key: string, limits: readonly CompiledLimit[], unused: number, resetMs: readonly number[]): Promise<void>;
  /** The same counters, for endpoints whose policy adds rules to the plan's limits. */
  readonly rules: RuleStore;
}

/** How long a node may sit on spare permits, and how long the store tells others to expect them back. */
export const LEASE_MS = 50;
export const LEASE_MEMORY_MS = 90;
/**
 * Spare permits handed out at once are at most this share of what remains above a tenth of the limit, so that leases
 * vanish well before a limit is reached.
 */
export const LEASE_SHARE = 32;
/** And at most this share of the limit itself: what is lost with a node, or with a reply when the store restarts. */
export const LEASE_PART = 400;

/** Permits to give: `want` first, spare ones only while every window is far from its limit. */
export function grantOf(
  limits: readonly CompiledLimit[],
  remaining: readonly number[],
  want: number,
  spare: number,
): number {
  let grant = want;
  let extra = spare;
  for (let i = 0; i < limits.length; i++) {
    const left = remaining[i] as number;
    const { requests } = limits[i] as CompiledLimit;
    const comfortable = left - want - Math.ceil(requests / 10);
    grant = Math.min(grant, left);
    extra = Math.min(extra, Math.max(0, Math.floor(comfortable / LEASE_SHARE)), Math.floor(requests / LEASE_PART));
  }
  return Math.max(0, grant) + (grant === want ? extra : 0);
}
