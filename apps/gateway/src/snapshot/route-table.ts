import { HEAD, type Known, type RouteFacts } from '../routing/call-facts.ts';
import type { RouteCondition } from '../routing/route-condition.ts';

/** Routes of one method that end at one place: those with conditions in their order, then the one without. */
interface Ending<T> {
  plain: T | undefined;
  conditional: { readonly holds: RouteCondition; readonly value: T }[] | null;
}
type Endings<T> = Map<string, Ending<T>>;

/** One segment of the tree: literal children, one parameter child, and what ends here. */
interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | null;
  /** Routes that end here, by method (`*` for any). */
  ends: Endings<T> | null;
  /** Routes whose trailing `/*` starts here, by method. */
  rests: Endings<T> | null;
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

function node<T>(): Node<T> {
  return { literals: new Map(), parameter: null, ends: null, rests: null };
}

function valueOf<T>(ending: Ending<T> | undefined, search: Search): T | undefined {
  if (ending === undefined) return undefined;
  if (ending.conditional !== null) {
    for (const { holds, value } of ending.conditional) {
      if (holds.needs > search.facts.known) {
        search.later = true;
        return value;
      }
      if (holds.holds(search.facts)) return value;
    }
  }
  return ending.plain;
}

function byMethod<T>(routes: Endings<T> | null, search: Search): T | undefined {
  if (routes === null) return undefined;
  const { method } = search;
  return (
    valueOf(routes.get(method), search) ??
    (method === 'HEAD' ? valueOf(routes.get('GET'), search) : undefined) ??
    valueOf(routes.get('*'), search)
  );
}

/** Methods that would be answered here: those whose conditions do not hold are as good as not there. */
function addAllowed<T>(routes: Endings<T> | null, search: Search): void {
  for (const [name, ending] of routes ?? []) if (valueOf(ending, search) !== undefined) search.allowed.add(name);
}

/**
 * Routes of one API version, matched by segment: a literal wins over a `{parameter}`, that over a trailing `/*`; a
 * route for the method over one for any method. `HEAD` is served wherever `GET` is (RFC 9110 §9.3.2). Of routes that
 * share an address the first whose conditions hold wins, then the one without; where none is left, the search goes on.
 */
export class RouteTable<T> {
  readonly #root: Node<T> = node();
  /** Some routes have conditions. */
  conditional = false;
  /** The most that any of its conditions has to know of a call. */
  needs: Known = HEAD;

  /** Adds a route, with conditions or `null`. Of those without, a second of the same method and shape is ignored. */
  add(method: string, path: string, value: T, holds: RouteCondition | null = null): void {
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
      let next = at.literals.get(segment);
      if (!next) {
        next = node();
        at.literals.set(segment, next);
      }
      at = next;
    }
    const routes: Endings<T> = open ? (at.rests ??= new Map()) : (at.ends ??= new Map());
    let ending = routes.get(method);
    if (!ending) {
      ending = { plain: undefined, conditional: null };
      routes.set(method, ending);
    }
    if (holds === null) ending.plain ??= value;
    else {
      (ending.conditional ??= []).push({ holds, value });
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
    const value = this.#walk(this.#root, segments, 0, search);
    if (search.later) return { kind: 'later' };
    if (value !== undefined) return { kind: 'match', match: { value, params } };
    if (allowed.size > 0) return { kind: 'method_not_allowed', allow: [...allowed].sort().join(', ') };
    return { kind: 'none' };
  }

  #walk(at: Node<T>, segments: readonly string[], depth: number, search: Search): T | undefined {
    const { params } = search;
    if (depth === segments.length) {
      const end = byMethod(at.ends, search);
      if (end !== undefined) return end;
      const rest = byMethod(at.rests, search);
      if (rest !== undefined) params.push('');
      else for (const routes of [at.ends, at.rests]) addAllowed(routes, search);
      return rest;
    }
    const segment = segments[depth] as string;
    const literal = at.literals.get(segment);
    if (literal) {
      const found = this.#walk(literal, segments, depth + 1, search);
      if (found !== undefined) return found;
    }
    if (at.parameter && segment !== '') {
      params.push(segment);
      const found = this.#walk(at.parameter, segments, depth + 1, search);
      if (found !== undefined) return found;
      params.pop();
    }
    if (at.rests) {
      const found = byMethod(at.rests, search);
      if (found !== undefined) {
        params.push(segments.slice(depth).join('/'));
        return found;
      }
      addAllowed(at.rests, search);
    }
    return undefined;
  }
}
