import type { SubscriptionState } from '@parley/contracts/snapshot';
import type { Lifecycle } from './lifecycle.ts';

export type SubscriptionMove = 'approve' | 'refuse' | 'cancel' | 'suspend' | 'resume' | 'revoke' | 'expire';

/** Kept in step with `check_subscription_move` in the database. `cancel` is the consumer's, the others the publisher's. */
export const SUBSCRIPTION_LIFECYCLE: Lifecycle<SubscriptionState, SubscriptionMove> = {
  requested: { approve: 'approved', refuse: 'refused', cancel: 'cancelled' },
  approved: { suspend: 'suspended', revoke: 'revoked', expire: 'expired', cancel: 'cancelled' },
  suspended: { resume: 'approved', revoke: 'revoked', expire: 'expired', cancel: 'cancelled' },
  refused: {},
  revoked: {},
  expired: {},
  cancelled: {},
};
