import type { Definition } from '../types.ts';

export type Route = Extract<Definition, { kind: 'rest' }>['routes'][number];

/** A route being edited; what its form does not show stays as it is. */
export interface RouteDraft extends Readonly<Omit<Route, 'upstreamPath'>> {
  readonly key: number;
  readonly upstreamPath: string;
}

// Said here rather than taken from the schema, which would bring its validator to the page.
export const METHOD_WORDS: Readonly<Record<Route['method'], string>> = {
  GET: 'GET',
  HEAD: 'HEAD',
  POST: 'POST',
  PUT: 'PUT',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
  OPTIONS: 'OPTIONS',
  '*': 'Any',
};

let lastKey = 0;

/** An empty route that leads to an upstream. */
export function newRoute(upstream: string): RouteDraft {
  return { key: ++lastKey, method: 'GET', path: '/', summary: '', upstream, upstreamPath: '' };
}

export function routeDrafts(routes: readonly Route[]): RouteDraft[] {
  return routes.map((route) => ({ ...route, key: ++lastKey, upstreamPath: route.upstreamPath ?? '' }));
}

export function routesOf(drafts: readonly RouteDraft[]): Route[] {
  return drafts.map(({ key: _, upstreamPath, when, ...route }) => ({
    ...route,
    upstreamPath: upstreamPath.trim() || null,
    ...(when?.trim() ? { when } : {}),
  }));
}

/** `GET /orders/{id}` */
export function routeName({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${METHOD_WORDS[method]} ${path}`;
}

/** Whether every word of a filter stands in a route's method, path, summary or upstream. */
export function fitsFilter(route: RouteDraft, filter: string): boolean {
  const text = `${routeName(route)} ${route.summary} ${route.upstream}`.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Places of the routes that a fault speaks of, in order: `definition.routes.7.path` is 7. */
export function faultyRoutes(paths: readonly string[]): number[] {
  const places = paths.flatMap((path) => {
    const at = /^definition\.routes\.(\d+)\./.exec(path)?.[1];
    return at === undefined ? [] : [Number(at)];
  });
  return [...new Set(places)].sort((a, b) => a - b);
}
