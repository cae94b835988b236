import {
  isRestored,
  type LimitRule,
  limitIdentity,
  limitsPolicy,
  WIDE_SCOPES,
} from '@parley/contracts/policies/limits';
import type { ApiSnapshot, ApiVersionSnapshot, RouteSnapshot, TenantSnapshot } from '@parley/contracts/snapshot';

/** A rule whose counters are restored from events, and whose calls count in them. */
export interface RestoredRule {
  readonly tenantId: string;
  readonly timeZone: string;
  readonly versionId: string;
  /** The only route it is about; `null`: all of the version but those in `except`. */
  readonly routeId: string | null;
  readonly except: readonly string[];
  readonly rule: LimitRule;
  /** Its counters' names among those of the slot, but for whose they are. */
  readonly identity: string;
  /** Counters of its API share their publisher's slot (domain/limits/counter-slot). */
  readonly wide: boolean;
}

type Policies = ApiVersionSnapshot['policies'];

function rulesOf(policies: Policies): readonly LimitRule[] {
  const read = limitsPolicy.safeParse(policies?.['limits'] ?? null);
  // What cannot be read here is refused by gateways, and counted nowhere.
  return read.success ? read.data.rules : [];
}

function routesOf({ target }: ApiVersionSnapshot): readonly RouteSnapshot[] {
  return target.kind === 'rest' ? target.routes : [];
}

/** Routes with limits of their own; the version's do not hold there. */
function ownRoutes(version: ApiVersionSnapshot): RouteSnapshot[] {
  return routesOf(version).filter((route) => route.policies?.['limits'] !== undefined);
}

function isWide(api: ApiSnapshot): boolean {
  const places = api.versions.flatMap((version) => [
    version.policies,
    ...ownRoutes(version).map((route) => route.policies),
  ]);
  return places.some((policies) => rulesOf(policies).some(({ scope }) => WIDE_SCOPES.has(scope)));
}

/** The rules of a publisher's APIs whose counters must not begin anew. */
export function restoredRules({ tenantId, timeZone = 'UTC', apis }: TenantSnapshot): RestoredRule[] {
  const found: RestoredRule[] = [];
  for (const api of apis) {
    const wide = isWide(api);
    for (const version of api.versions) {
      const own = ownRoutes(version);
      const add = (home: string, policies: Policies, place: Pick<RestoredRule, 'routeId' | 'except'>): void => {
        for (const rule of rulesOf(policies).filter(isRestored)) {
          const identity = `${home}:${limitIdentity(rule)}`;
          found.push({ tenantId, timeZone, versionId: version.id, ...place, rule, identity, wide });
        }
      };
      add(version.id, version.policies, { routeId: null, except: own.map(({ id }) => id) });
      for (const route of own) add(route.id, route.policies, { routeId: route.id, except: [] });
    }
  }
  return found;
}
