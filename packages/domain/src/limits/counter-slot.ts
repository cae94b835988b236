import { redisKeys } from '@parley/contracts/redis-keys';

/** Names in Redis that the counters of a subscription share; all in one slot of a cluster. */
export interface CounterSlot {
  readonly planKey: string;
  /** In front of each rule's counter. */
  readonly prefix: string;
  /** There while the counters of the slot are whole. */
  readonly marker: string;
}

/** `wide`: its API counts something over several applications, so that all its counters share the publisher's slot. */
export function counterSlot(wide: boolean, publisherTenantId: string, subscriptionId: string): CounterSlot {
  if (!wide) {
    const planKey = redisKeys.limit(publisherTenantId, subscriptionId);
    return { planKey, prefix: `${planKey}:`, marker: `${planKey}:epoch` };
  }
  const of = (name: string): string => redisKeys.wideLimit(publisherTenantId, name);
  return { planKey: of(subscriptionId), prefix: of(''), marker: of('epoch') };
}
