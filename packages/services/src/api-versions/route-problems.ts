import type { FieldIssue } from '@parley/kernel/fault';
import type { z } from 'zod';
import type { routeInput } from './definition-shape.ts';

type RouteInput = z.output<typeof routeInput>;

const parametersOf = (path: string): string[] => Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1] as string);

/** Two paths of one shape answer the same calls, whatever their parameters are called. */
export const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');

/** What is wrong with a list of routes beside each one's own form; paths are relative to the list. */
export function routeProblems(routes: readonly RouteInput[]): FieldIssue[] {
  const first = new Map<string, number>();
  return routes.flatMap((route, at) => {
    const found: FieldIssue[] = [];
    const mark = `${route.method} ${shapeOf(route.path)}`;
    const earlier = first.get(mark);
    if (earlier === undefined) first.set(mark, at);
    else found.push({ path: `${at}.path`, message: `Route ${earlier + 1} answers the same calls already.` });
    const names = parametersOf(route.path);
    if (new Set(names).size !== names.length) {
      found.push({ path: `${at}.path`, message: 'Each parameter needs a name of its own.' });
    }
    if (route.upstreamPath !== null)
      found.push(...upstreamPathProblems(route, route.upstreamPath, `${at}.upstreamPath`));
    return found;
  });
}

function upstreamPathProblems(route: RouteInput, upstreamPath: string, path: string): FieldIssue[] {
  const names = new Set(parametersOf(route.path));
  const unknown = parametersOf(upstreamPath).filter((name) => !names.has(name));
  if (unknown.length > 0) {
    return [{ path, message: `The route has no parameter {${unknown[0]}} to fill in here.` }];
  }
  if (upstreamPath.endsWith('/*') && !route.path.endsWith('/*')) {
    return [{ path, message: 'Only a route that ends in /* can lead to a path that does.' }];
  }
  return [];
}
