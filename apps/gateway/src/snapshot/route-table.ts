import { HEAD, type Known, type RouteFacts } from '../routing/call-facts.ts';
import type { RouteCondition } from '../routing/route-condition.ts';

/** Routes of one method that end at one place, by number: those with conditions in their order, then the one without. */
interface Ending {
  plain: number;
  conditional: { readonly holds: RouteCondition; readonly route: number }[] | null;
}
type Endings = Map<string, Ending>;

const NONE = -1;

/** One segment of the tree: literal children, one parameter child, and what ends here. */
interface Node {
  literals: Map<string, Node> | null;
  parameter: Node | null;
  /** Routes that end here, by method (`*` for any). */
  ends: Endings | null;
  /** Routes whose trailing `/*` starts here, by method. */
  rests: Endings | null;
}

export interface RouteMatch<T> {
  readonly value: T;
  /** Raw (still encoded) texts of `{parameters}` in order; of a trailing `/*` the remaining path as last one. */
  readonly params: readonly string[];
}

export type RouteLookup<T> =
  | { readonly kind: 'match'; readonly match: RouteMatch<T> }
  | { readonly kind: 'method_not_allowed'; readonly allow: string }
  /** A condition on the way needs to know more of the call. */
  | { readonly kind: 'later' }
  | { readonly kind: 'none' };

/** One call's search, and what it gathers. */
interface Search {
  readonly method: string;
  readonly facts: RouteFacts;
  readonly params: string[];
  readonly allowed: Set<string>;
  /** A condition was met that cannot be asked yet: what the search finds is worth nothing. */
  later: boolean;
}

function node(): Node {
  return { literals: null, parameter: null, ends: null, rests: null };
}

function routeOf(ending: Ending | undefined, search: Search): number {
  if (ending === undefined) return NONE;
  if (ending.conditional !== null) {
    for (const { holds, route } of ending.conditional) {
      if (holds.needs > search.facts.known) {
        search.later = true;
        return route;
      }
      if (holds.holds(search.facts)) return route;
    }
  }
  return ending.plain;
}

function byMethod(routes: Endings | null, search: Search): number {
  if (routes === null) return NONE;
  const { method } = search;
  let found = routeOf(routes.get(method), search);
  if (found === NONE && method === 'HEAD') found = routeOf(routes.get('GET'), search);
  return found === NONE ? routeOf(routes.get('*'), search) : found;
}

/** Methods that would be answered here: those whose conditions do not hold are as good as not there. */
function addAllowed(routes: Endings | null, search: Search): void {
  for (const [name, ending] of routes ?? []) if (routeOf(ending, search) !== NONE) search.allowed.add(name);
}

/**
 * Routes of one API version, matched by segment: a literal wins over a `{parameter}`, that over a trailing `/*`; a
 * route for the method over one for any method. `HEAD` is served wherever `GET` is (RFC 9110 §9.3.2). Of routes that
 * share an address the first whose conditions hold wins, then the one without; where none is left, the search goes on.
 */
export class RouteTable<T> {
  readonly #root: Node;
  readonly #values: T[];
  /** Some routes have conditions. */
  conditional = false;
  /** The most that any of its conditions has to know of a call. */
  needs: Known = HEAD;

  constructor(like: RouteTable<T> | null = null, values: T[] = []) {
    this.#root = like === null ? node() : like.#root;
    this.#values = values;
    if (like !== null) ({ conditional: this.conditional, needs: this.needs } = like);
  }

  /** The same addresses and conditions with other values, in the order in which routes were added. Shares the tree. */
  withValues(values: T[]): RouteTable<T> {
    return new RouteTable(this, values);
  }

  /** Adds a route, with conditions or `null`. Of those without, a second of the same method and shape is ignored. */
  add(method: string, path: string, value: T, holds: RouteCondition | null = null): void {
    const route = this.#values.push(value) - 1;
    let at = this.#root;
    const segments = path === '/' ? [''] : path.slice(1).split('/');
    const open = segments.at(-1) === '*';
    if (open) segments.pop();
    for (const segment of segments) {
      if (segment.startsWith('{') && segment.endsWith('}')) {
        at.parameter ??= node();
        at = at.parameter;
        continue;
      }
      at.literals ??= new Map();
      let next = at.literals.get(segment);
      if (!next) {
        next = node();
        at.literals.set(segment, next);
      }
      at = next;
    }
    const routes: Endings = open ? (at.rests ??= new Map()) : (at.ends ??= new Map());
    let ending = routes.get(method);
    if (!ending) {
      ending = { plain: NONE, conditional: null };
      routes.set(method, ending);
    }
    if (holds === null) {
      if (ending.plain === NONE) ending.plain = route;
    } else {
      (ending.conditional ??= []).push({ holds, route });
      this.conditional = true;
      if (holds.needs > this.needs) this.needs = holds.needs;
    }
  }

  /** Finds the route of a raw path (starting with `/`, or empty for the root); conditions are asked about `facts`. */
  find(method: string, path: string, facts: RouteFacts): RouteLookup<T> {
    const segments = path.length < 2 ? [''] : path.slice(1).split('/');
    const params: string[] = [];
    const allowed = new Set<string>();
    const search: Search = { method, facts, params, allowed, later: false };
    if (this.conditional) facts.params = params;
    const route = walk(this.#root, segments, 0, search);
    if (search.later) return { kind: 'later' };
    if (route !== NONE) return { kind: 'match', match: { value: this.#values[route] as T, params } };
    if (allowed.size > 0) return { kind: 'method_not_allowed', allow: [...allowed].sort().join(', ') };
    return { kind: 'none' };
  }
}

function walk(at: Node, segments: readonly string[], depth: number, search: Search): number {
  const { params } = search;
  if (depth === segments.length) {
    const end = byMethod(at.ends, search);
    if (end !== NONE) return end;
    const rest = byMethod(at.rests, search);
    if (rest !== NONE) params.push('');
    else for (const routes of [at.ends, at.rests]) addAllowed(routes, search);
    return rest;
  }
  const segment = segments[depth] as string;
  const literal = at.literals?.get(segment);
  if (literal) {
    const found = walk(literal, segments, depth + 1, search);
    if (found !== NONE) return found;
  }
  if (at.parameter && segment !== '') {
    params.push(segment);
    const found = walk(at.parameter, segments, depth + 1, search);
    if (found !== NONE) return found;
    params.pop();
  }
  if (at.rests) {
    const found = byMethod(at.rests, search);
    if (found !== NONE) {
      params.push(segments.slice(depth).join('/'));
      return found;
    }
    addAllowed(at.rests, search);
  }
  return NONE;
}
