import { WHOLE } from '@parley/contracts/policies/split';
import type { EndpointSource, Stage } from '../../stage.ts';

/**
 * Sends a copy of a share of the calls to another upstream, and looks at nothing that comes of it; `null` without a
 * mirror. Stands after all that could refuse the call or repeat an earlier answer; what the cache answers is copied.
 */
export function mirror({ policies, route, upstreams }: EndpointSource): Stage | null {
  const policy = policies.split?.mirror;
  const upstream = policy && upstreams.get(policy.upstream);
  if (!policy || route === null || upstream === undefined || upstream.broken) return null;
  const { share, maxBodyBytes } = policy;
  return (exchange, ports) => {
    if (share < WHOLE && Math.random() * WHOLE >= share) return null;
    ports.mirrors.send(exchange, upstream, maxBodyBytes);
    return null;
  };
}
