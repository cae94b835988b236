import type { BillingStanding } from '@parley/contracts/ledger';
import type { StandingMove } from './standing.ts';

const DAY_MS = 86_400_000;

/** How an account stands by the age of its oldest unpaid invoice whose payment fails. */
export const DUNNING: readonly { readonly afterDays: number; readonly standing: BillingStanding }[] = [
  { afterDays: 0, standing: 'grace' },
  { afterDays: 7, standing: 'restricted' },
  { afterDays: 21, standing: 'suspended' },
];

const MOVES: Readonly<Record<BillingStanding, StandingMove>> = {
  good: 'restore',
  grace: 'warn',
  restricted: 'restrict',
  suspended: 'suspend',
};
const ORDER: readonly BillingStanding[] = ['good', 'grace', 'restricted', 'suspended'];

/**
 * The moves from where an account stands to where it should, one after another; none where it stands there or further on:
 * what was suspended by hand is not eased by a younger debt. `failingSinceMs` is `null` when nothing fails.
 */
export function dunningMoves(given: {
  readonly standing: BillingStanding;
  readonly failingSinceMs: number | null;
  readonly nowMs: number;
}): StandingMove[] {
  const { standing, failingSinceMs, nowMs } = given;
  if (failingSinceMs === null) return standing === 'good' ? [] : ['restore'];
  const ageDays = (nowMs - failingSinceMs) / DAY_MS;
  const wanted = DUNNING.findLast((step) => ageDays >= step.afterDays)?.standing ?? 'grace';
  return ORDER.slice(ORDER.indexOf(standing) + 1, ORDER.indexOf(wanted) + 1).map((step) => MOVES[step]);
}
