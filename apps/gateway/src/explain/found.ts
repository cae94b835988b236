import type { Policies } from '@parley/contracts/policies';
import type { ApiVersionSnapshot, RouteSnapshot } from '@parley/contracts/snapshot';
import type { Exchange } from '../exchange.ts';
import { endpointPolicies } from '../policies/endpoint-policies.ts';
import { conditionNotes } from './condition-notes.ts';
import { nearRoutes } from './near-routes.ts';

/** What of the configuration a call has met. */
export interface Found {
  readonly version: ApiVersionSnapshot | null;
  readonly route: RouteSnapshot | null;
  /** Of the version, in their order. */
  readonly routes: readonly RouteSnapshot[];
  readonly policies: Policies;
}

export function foundIn({ tenant, api, version, route }: Exchange): Found {
  const apiDoc = tenant?.doc.apis.find(({ id }) => id === api?.id);
  const versionDoc = apiDoc?.versions.find(({ id }) => id === version?.id) ?? null;
  const routes = versionDoc?.target.kind === 'rest' ? versionDoc.target.routes : [];
  const routeDoc = routes.find(({ id }) => id === route?.id) ?? null;
  return {
    version: versionDoc,
    route: routeDoc,
    routes,
    policies: versionDoc ? endpointPolicies(versionDoc, routeDoc).policies : {},
  };
}

/** Which route takes the call. */
export function routeSentence({ route }: Found): string {
  return route
    ? `The route ${route.method === '*' ? 'for any method' : route.method} ${route.path} takes it.`
    : 'The path is one that this API answers at.';
}

/** Why that route and not another, or which came near. */
export function routeNotes(exchange: Exchange, { route, routes }: Found): string[] {
  return route === null ? nearRoutes(routes, exchange.method, exchange.rest) : conditionNotes(routes, route, exchange);
}
