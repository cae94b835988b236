import type { CallFacts, Condition } from '@parley/domain/routing/predicates';

/** Routes of one method that end at one place: those with conditions in their order, then the one without. */
interface Ending<T> {
  plain: T | undefined;
  conditional: { readonly holds: Condition; readonly value: T }[] | null;
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
  | { readonly kind: 'none' };

/** One call's search, and what it gathers. */
interface Search {
  readonly method: string;
  readonly facts: CallFacts;
  readonly params: string[];
  readonly allowed: Set<string>;
}

function node<T>(): Node<T> {
  return { literals: new Map(), parameter: null, ends: null, rests: null };
}

function valueOf<T>(ending: Ending<T> | undefined, facts: CallFacts): T | undefined {
  if (ending === undefined) return undefined;
  if (ending.conditional !== null) {
    for (const { holds, value } of ending.conditional) if (holds(facts)) return value;
  }
  return ending.plain;
}

function byMethod<T>(routes: Endings<T> | null, method: string, facts: CallFacts): T | undefined {
  if (routes === null) return undefined;
  return (
    valueOf(routes.get(method), facts) ??
    (method === 'HEAD' ? valueOf(routes.get('GET'), facts) : undefined) ??
    valueOf(routes.get('*'), facts)
  );
}

/** Methods that would be answered here: those whose conditions do not hold are as good as not there. */
function addAllowed<T>(routes: Endings<T> | null, facts: CallFacts, allowed: Set<string>): void {
  for (const [name, ending] of routes ?? []) if (valueOf(ending, facts) !== undefined) allowed.add(name);
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

  /** Adds a route, with conditions or `null`. Of those without, a second of the same method and shape is ignored. */
  add(method: string, path: string, value: T, holds: Condition | null = null): void {
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
    }
  }

  /** Finds the route of a raw path (starting with `/`, or empty for the root); conditions are asked about `facts`. */
  find(method: string, path: string, facts: CallFacts): RouteLookup<T> {
    const segments = path.length < 2 ? [''] : path.slice(1).split('/');
    const params: string[] = [];
    const allowed = new Set<string>();
    const value = this.#walk(this.#root, segments, 0, { method, facts, params, allowed });
    if (value !== undefined) return { kind: 'match', match: { value, params } };
    if (allowed.size > 0) return { kind: 'method_not_allowed', allow: [...allowed].sort().join(', ') };
    return { kind: 'none' };
  }

  #walk(at: Node<T>, segments: readonly string[], depth: number, search: Search): T | undefined {
    const { method, facts, params, allowed } = search;
    if (depth === segments.length) {
      const end = byMethod(at.ends, method, facts);
      if (end !== undefined) return end;
      const rest = byMethod(at.rests, method, facts);
      if (rest !== undefined) params.push('');
      else for (const routes of [at.ends, at.rests]) addAllowed(routes, facts, allowed);
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
      const found = byMethod(at.rests, method, facts);
      if (found !== undefined) {
        params.push(segments.slice(depth).join('/'));
        return found;
      }
      addAllowed(at.rests, facts, allowed);
    }
    return undefined;
  }
}
