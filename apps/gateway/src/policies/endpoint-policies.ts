import { mergePolicies, policiesSchema, routePoliciesSchema, unknownPolicies } from '@parley/contracts/policies';
import type { ApiVersionSnapshot, RouteSnapshot } from '@parley/contracts/snapshot';
import type { EndpointSource } from '../stage.ts';

type Read = Pick<EndpointSource, 'policies' | 'unkept'>;

/**
 * The policies of an endpoint, the route's laid over the version's. What this release does not know or cannot read is
 * named in `unkept`, and the endpoint is then refused rather than served without it.
 */
export function endpointPolicies(version: ApiVersionSnapshot, route: RouteSnapshot | null): Read {
  const shared = version.policies ?? {};
  const own = route?.policies ?? {};
  const unkept = [...unknownPolicies(shared), ...unknownPolicies(own)];
  const versionPolicies = policiesSchema.safeParse(shared);
  const routePolicies = routePoliciesSchema.safeParse(own);
  if (unkept.length > 0) return { policies: {}, unkept };
  if (!versionPolicies.success || !routePolicies.success) return { policies: {}, unkept: ['unreadable'] };
  return { policies: mergePolicies(versionPolicies.data, routePolicies.data), unkept };
}
