import { WIDE_SCOPES } from '@parley/contracts/policies/limits';
import type { ApiVersionSnapshot, RouteSnapshot } from '@parley/contracts/snapshot';
import { endpointPolicies } from '../policies/endpoint-policies.ts';

const routesOf = ({ target }: ApiVersionSnapshot): readonly RouteSnapshot[] =>
  target.kind === 'rest' ? target.routes : [];

/** Facts about all endpoints of a version, found once for each document of it. */
function remembered(find: (version: ApiVersionSnapshot) => boolean): (version: ApiVersionSnapshot) => boolean {
  const known = new WeakMap<ApiVersionSnapshot, boolean>();
  return (version) => {
    let fact = known.get(version);
    if (fact === undefined) {
      fact = find(version);
      known.set(version, fact);
    }
    return fact;
  };
}

/** Whether any endpoint of a version has the policy `cache`: then unsafe calls to all of them make answers outdated. */
export const cachesAnywhere = remembered(
  (version) =>
    version.policies?.['cache'] != null || routesOf(version).some((route) => route.policies?.['cache'] != null),
);

function isWide(version: ApiVersionSnapshot, route: RouteSnapshot | null): boolean {
  const { policies } = endpointPolicies(version, route);
  return policies.limits?.rules.some(({ scope }) => WIDE_SCOPES.has(scope)) ?? false;
}

/** Whether any endpoint of a version has limits that count over several applications. */
export const countsWidely = remembered(
  (version) =>
    (version.policies?.['limits'] != null && isWide(version, null)) ||
    // A route without limits of its own has the version's.
    routesOf(version).some((route) => route.policies?.['limits'] != null && isWide(version, route)),
);
