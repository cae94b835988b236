import type { DeliveryState } from '@parley/contracts/deliveries';
import type { Lifecycle } from '../lifecycle.ts';

export type DeliveryMove = 'take' | 'deliver' | 'retry' | 'fail' | 'cancel' | 'replay';

/**
 * What may become of a delivery. `take` from `sending` is for one whose process died over it; `cancel` and `replay` are
 * people's, the others the worker's.
 */
export const DELIVERY_LIFECYCLE: Lifecycle<DeliveryState, DeliveryMove> = {
  waiting: { take: 'sending', fail: 'failed', cancel: 'cancelled' },
  sending: { take: 'sending', deliver: 'delivered', retry: 'waiting', fail: 'failed', cancel: 'cancelled' },
  delivered: { replay: 'waiting' },
  failed: { replay: 'waiting' },
  cancelled: { replay: 'waiting' },
};
