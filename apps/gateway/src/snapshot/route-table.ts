/** One segment of the tree: literal children, one parameter child, and what ends here. */
interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  parameter: Node<T> | null;
  /** Routes that end here, by method (`*` for any). */
  ends: Map<string, T> | null;
  /** Routes whose trailing `/*` starts here, by method. */
  rests: Map<string, T> | null;
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

function node<T>(): Node<T> {
  return { literals: new Map(), parameter: null, ends: null, rests: null };
}

function byMethod<T>(routes: Map<string, T> | null, method: string): T | undefined {
  if (routes === null) return undefined;
  return routes.get(method) ?? (method === 'HEAD' ? routes.get('GET') : undefined) ?? routes.get('*');
}

/**
 * Routes of one API version, matched by segment: a literal wins over a `{parameter}`, that over a trailing `/*`; a
 * route for the method over one for any method. `HEAD` is served wherever `GET` is (RFC 9110 §9.3.2).
 */
export class RouteTable<T> {
  readonly #root: Node<T> = node();

  /** Adds a route. A second one of the same method and shape is ignored: the first wins. */
  add(method: string, path: string, value: T): void {
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
    const routes = open ? (at.rests ??= new Map()) : (at.ends ??= new Map());
    if (!routes.has(method)) routes.set(method, value);
  }

  /** Finds the route of a raw path (starting with `/`, or empty for the root). */
  find(method: string, path: string): RouteLookup<T> {
    const segments = path.length < 2 ? [''] : path.slice(1).split('/');
    const params: string[] = [];
    const allowed = new Set<string>();
    const value = this.#walk(this.#root, segments, 0, method, params, allowed);
    if (value !== undefined) return { kind: 'match', match: { value, params } };
    if (allowed.size > 0) return { kind: 'method_not_allowed', allow: [...allowed].sort().join(', ') };
    return { kind: 'none' };
  }

  #walk(
    at: Node<T>,
    segments: readonly string[],
    depth: number,
    method: string,
    params: string[],
    allowed: Set<string>,
  ): T | undefined {
    if (depth === segments.length) {
      const found = byMethod(at.ends, method) ?? byMethod(at.rests, method);
      if (found !== undefined) {
        if (byMethod(at.ends, method) === undefined) params.push('');
        return found;
      }
      for (const routes of [at.ends, at.rests]) for (const name of routes?.keys() ?? []) allowed.add(name);
      return undefined;
    }
    const segment = segments[depth] as string;
    const literal = at.literals.get(segment);
    if (literal) {
      const found = this.#walk(literal, segments, depth + 1, method, params, allowed);
      if (found !== undefined) return found;
    }
    if (at.parameter && segment !== '') {
      params.push(segment);
      const found = this.#walk(at.parameter, segments, depth + 1, method, params, allowed);
      if (found !== undefined) return found;
      params.pop();
    }
    if (at.rests) {
      const found = byMethod(at.rests, method);
      if (found !== undefined) {
        params.push(segments.slice(depth).join('/'));
        return found;
      }
      for (const name of at.rests.keys()) allowed.add(name);
    }
    return undefined;
  }
}
