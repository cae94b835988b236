import { REQUEST_LANGUAGE } from '@parley/domain/expressions/request-variables';
import { regexProblem } from '@parley/domain/routing/predicates';
import type { FieldIssue } from '@parley/kernel/fault';
import type { z } from 'zod';
import type { routeInput } from './definition-shape.ts';
import { conditionsOf } from './kept-route-ids.ts';

type RouteInput = z.output<typeof routeInput>;

/** Each is asked in turn on every call to the address. */
const MAX_SHARING = 20;

const parametersOf = (path: string): string[] => Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1] as string);

/** Two paths of one shape answer the same calls, whatever their parameters are called. */
export const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');

/** What is wrong with a list of routes beside each one's own form; paths are relative to the list. */
export function routeProblems(routes: readonly RouteInput[]): FieldIssue[] {
  const first = new Map<string, number>();
  const sharing = new Map<string, number>();
  return routes.flatMap((route, at) => {
    const found: FieldIssue[] = [];
    const address = `${route.method} ${shapeOf(route.path)}`;
    const mark = `${address} ${conditionsOf(route)}`;
    const earlier = first.get(mark);
    if (earlier === undefined) first.set(mark, at);
    else found.push({ path: `${at}.path`, message: `Route ${earlier + 1} answers the same calls already.` });
    const count = (sharing.get(address) ?? 0) + 1;
    sharing.set(address, count);
    if (count > MAX_SHARING) {
      found.push({ path: `${at}.match`, message: `At most ${MAX_SHARING} routes can share a method and path.` });
    }
    found.push(...matchProblems(route.match, `${at}.match`), ...whenProblems(route.when, `${at}.when`));
    const names = parametersOf(route.path);
    if (new Set(names).size !== names.length) {
      found.push({ path: `${at}.path`, message: 'Each parameter needs a name of its own.' });
    }
    if (route.upstreamPath !== null)
      found.push(...upstreamPathProblems(route, route.upstreamPath, `${at}.upstreamPath`));
    return found;
  });
}

function matchProblems(match: RouteInput['match'], path: string): FieldIssue[] {
  return (match ?? []).flatMap(({ test, value }, at) => {
    const message = test === 'regex' ? regexProblem(value) : null;
    return message === null ? [] : [{ path: `${path}.${at}.value`, message }];
  });
}

function whenProblems(when: RouteInput['when'], path: string): FieldIssue[] {
  if (when === undefined) return [];
  const compiled = REQUEST_LANGUAGE.compile(when, 'bool');
  if (compiled.ok) return [];
  const { line, column, message } = compiled;
  return [{ path, message: `${message} (line ${line}, column ${column})` }];
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
