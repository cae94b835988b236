import type { Json, ReferencePart } from './reference-part.ts';
import { shapeOf } from './route-problems.ts';

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);
const MAX_DEPTH = 64;
/** Members that name machines or credentials of the publisher's, wherever they stand. */
const DROPPED = new Set(['servers', 'security', 'securitySchemes', 'callbacks', 'webhooks']);

interface ServedRoute {
  readonly method: string;
  readonly path: string;
}

/**
 * What consumers may see of an imported OpenAPI 3 document: the operations that a route serves, with servers, security
 * and vendor extensions taken out, as those name the publisher's own machines. `null` when it is no such document.
 */
export function readOpenapi(document: unknown, routes: readonly ServedRoute[]): ReferencePart | null {
  if (!isObject(document) || !isObject(document.paths)) return null;
  const paths: Json = {};
  for (const [path, item] of Object.entries(document.paths)) {
    if (!isObject(item) || !path.startsWith('/')) continue;
    const kept = Object.entries(item).filter(
      ([name]) => !METHODS.has(name) || routes.some((route) => serves(route, name, path)),
    );
    if (kept.some(([name]) => METHODS.has(name))) paths[path] = clean(Object.fromEntries(kept), 0);
  }
  const components = isObject(document.components) ? document.components : {};
  return {
    paths,
    ...(isObject(components.schemas) ? { schemas: clean(components.schemas, 0) as Json } : {}),
    ...(Array.isArray(document.tags)
      ? { tags: document.tags.filter(isObject).map((tag) => clean(tag, 0) as Json) }
      : {}),
    ...otherComponents(components),
  };
}

/** Why a document cannot be imported, or `null` when it can. */
export function openapiProblem(document: unknown): string | null {
  if (!isObject(document) || typeof document.openapi !== 'string')
    return 'This is no OpenAPI document: it has no “openapi” field.';
  if (!/^3\.[01]\./.test(document.openapi))
    return `It is of version ${document.openapi.slice(0, 20)}; only OpenAPI 3.0 and 3.1 are read.`;
  if (!isObject(document.paths)) return 'It describes no paths.';
  if (JSON.stringify(document).length > 2_000_000) return 'It is larger than two megabytes.';
  if (depthOf(document) > MAX_DEPTH) return `It is nested deeper than ${MAX_DEPTH} levels.`;
  return null;
}

function otherComponents(components: Json): { components?: Json } {
  const kept = ['parameters', 'responses', 'requestBodies', 'headers', 'examples'].flatMap((name) =>
    isObject(components[name]) ? [[name, clean(components[name], 0)] as const] : [],
  );
  return kept.length > 0 ? { components: Object.fromEntries(kept) } : {};
}

function serves(route: ServedRoute, method: string, path: string): boolean {
  if (route.method !== '*' && route.method.toLowerCase() !== method) return false;
  if (route.path.endsWith('/*')) return path.startsWith(route.path.slice(0, -1));
  return shapeOf(route.path) === path.replaceAll(/\{[^}]*\}/g, '{}');
}

/** `named` is true inside a map of people's own names, where nothing is a keyword of OpenAPI. */
function clean(value: unknown, depth: number, named = false): unknown {
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((inner) => clean(inner, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '__proto__' && (named || !(DROPPED.has(name) || name.startsWith('x-'))))
      .map(([name, inner]) => [name, clean(inner, depth + 1, !named && name === 'properties')]),
  );
}

function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return depth;
  let deepest = depth;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, depth + 1));
  return deepest;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
