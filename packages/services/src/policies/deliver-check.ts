import type { DeliverPolicy } from '@parley/contracts/policies/deliver';
import type { PolicyCheck } from './checks.ts';

/** Destinations name upstreams; what is accepted for later has no answer that another policy could give. */
export const deliverCheck: PolicyCheck<DeliverPolicy> = {
  restOnly: 'Only the calls of REST APIs can be delivered later.',
  answersInstead: true,
  upstreams: ({ to }) => to.map((upstream, at) => ({ path: `to.${at}`, upstream })),
};
