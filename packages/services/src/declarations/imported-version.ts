import { readOpenapiDocument } from '../api-versions/read-openapi.ts';
import type { Version } from './plan.ts';

/**
 * A declared version with the routes of its OpenAPI document written out, each to the version's `upstream`; routes that
 * are declared beside it take the place of those of the same method and path. As it is without a document or upstream.
 */
export function withImportedRoutes(wanted: Version): Version {
  const { openapi, upstream } = wanted;
  if (!openapi) return wanted;
  const { routes: imported } = readOpenapiDocument(openapi);
  if (!upstream) return wanted;
  const own = wanted.routes ?? [];
  const declared = new Set(own.map((route) => `${route.method} ${route.path}`));
  const rest = imported.filter((route) => !declared.has(`${route.method} ${route.path}`));
  return { ...wanted, routes: [...own, ...rest.map((route) => ({ ...route, upstream }))] };
}
