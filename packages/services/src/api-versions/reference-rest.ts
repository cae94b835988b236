import type { EndpointShape } from '@parley/domain/translation/endpoint-shape';
import { readOpenapi } from './imported-openapi.ts';
import { errorResponses } from './reference-errors.ts';
import type { Json, ReferencePart } from './reference-part.ts';
import { shapedOperation } from './reference-shaped.ts';
import { shapeOf } from './route-problems.ts';

export interface RouteForReference {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** What it takes and answers, where a policy says so. */
  readonly shape?: EndpointShape | null;
}

const STATUSES = [401, 403, 413, 429, 502, 503, 504];
const ANY_METHOD = ['get', 'post', 'put', 'patch', 'delete'];

/** A REST version: the operations of its imported OpenAPI document that its routes serve, or the routes themselves. */
export function restPaths(routes: readonly RouteForReference[], openapi: unknown): ReferencePart {
  const imported = openapi === null || openapi === undefined ? null : readOpenapi(openapi, routes);
  if (imported) return withShaped(imported, routes);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const { path, parameters } = openPath(route.path);
    const item = (paths[path] ??= parameters.length > 0 ? { parameters } : {});
    for (const method of route.method === '*' ? ANY_METHOD : [route.method.toLowerCase()]) {
      item[method] ??= operation(route, method);
    }
  }
  return withShaped({ paths }, routes);
}

/** Endpoints whose form a policy makes are described by it, whatever an imported document says of them. */
function withShaped(part: ReferencePart, routes: readonly RouteForReference[]): ReferencePart {
  const paths = { ...part.paths } as Record<string, Json>;
  let { schemas } = part;
  for (const route of routes) {
    if (!route.shape) continue;
    const { path, parameters } = openPath(route.path);
    const methods = route.method === '*' ? ANY_METHOD : [route.method.toLowerCase()];
    for (const [name, item] of Object.entries(paths)) {
      if (shapeOf(name) !== shapeOf(path)) continue;
      const left = Object.entries(item).filter(([method]) => !methods.includes(method));
      if (left.some(([method]) => method !== 'parameters')) paths[name] = Object.fromEntries(left);
      else delete paths[name];
    }
    const operation = shapedOperation(route, route.shape);
    const made = Object.fromEntries(methods.map((method) => [method, operation]));
    paths[path] = { ...(parameters.length > 0 ? { parameters } : {}), ...paths[path], ...made };
    schemas = { ...schemas, ...route.shape.schemas };
  }
  return { ...part, paths, ...(schemas ? { schemas } : {}) };
}

/** OpenAPI knows no trailing wildcard: it becomes a parameter that says what it stands for. */
function openPath(path: string): { path: string; parameters: Json[] } {
  const wild = path.endsWith('/*');
  const written = wild ? `${path.slice(0, -1)}{path}` : path;
  const parameters = Array.from(written.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(wild && name === 'path' ? { description: 'The rest of the path, which may hold slashes.' } : {}),
  }));
  return { path: written, parameters };
}

function operation(route: RouteForReference, method: string): Json {
  const takesBody = method === 'post' || method === 'put' || method === 'patch';
  return {
    summary: route.summary || `${method.toUpperCase()} ${route.path}`,
    ...(takesBody ? { requestBody: { content: { '*/*': {} } } } : {}),
    responses: { default: { description: 'The service’s own answer.' }, ...errorResponses(STATUSES, 'problem') },
  };
}
