import type { BillingStanding } from '@parley/contracts/ledger';
import type { Lifecycle } from '../lifecycle.ts';

export type StandingMove = 'warn' | 'restrict' | 'suspend' | 'restore';

/**
 * How an account falls behind and comes back; kept in step with `check_billing_account` in the database. `warn` opens the
 * days of grace, `restrict` ends them, `suspend` stops everything (at once for a disputed payment), `restore` follows payment.
 */
export const STANDING_LIFECYCLE: Lifecycle<BillingStanding, StandingMove> = {
  good: { warn: 'grace', suspend: 'suspended' },
  grace: { restrict: 'restricted', suspend: 'suspended', restore: 'good' },
  restricted: { suspend: 'suspended', restore: 'good' },
  suspended: { restore: 'good' },
};
