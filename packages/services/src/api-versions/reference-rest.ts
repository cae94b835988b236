import { readOpenapi } from './imported-openapi.ts';
import { errorResponses } from './reference-errors.ts';
import type { Json, ReferencePart } from './reference-part.ts';

export interface RouteForReference {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
}

const STATUSES = [401, 403, 413, 429, 502, 503, 504];
const ANY_METHOD = ['get', 'post', 'put', 'patch', 'delete'];

/** A REST version: the operations of its imported OpenAPI document that its routes serve, or the routes themselves. */
export function restPaths(routes: readonly RouteForReference[], openapi: unknown): ReferencePart {
  const imported = openapi === null || openapi === undefined ? null : readOpenapi(openapi, routes);
  if (imported) return imported;
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const { path, parameters } = openPath(route.path);
    const item = (paths[path] ??= parameters.length > 0 ? { parameters } : {});
    for (const method of route.method === '*' ? ANY_METHOD : [route.method.toLowerCase()]) {
      item[method] ??= operation(route, method);
    }
  }
  return { paths };
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
