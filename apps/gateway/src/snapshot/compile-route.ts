import type { RouteSnapshot } from '@parley/contracts/snapshot';
import { parametersOf } from '../routing/route-path.ts';
import type { Chain } from '../stage.ts';
import type { CompiledRoute, CompiledUpstream } from './compiled.ts';

/** `/v2/users/{id}/*` with the route's parameters becomes `['/v2/users/', 0, '/', 1]`. Unknown names stay literal. */
function compilePath(template: string, parameters: readonly string[]): (string | number)[] {
  const parts: (string | number)[] = [''];
  for (const segment of template.slice(1).split('/')) {
    const index = parameters.indexOf(segment);
    const last = parts.length - 1;
    if (index === -1) parts[last] = `${parts[last]}/${segment}`;
    else {
      parts[last] = `${parts[last]}/`;
      parts.push(index, '');
    }
  }
  return parts;
}

/** The chains of a route's calls, as functions that make them. */
export interface RouteChains {
  readonly chain: () => Chain;
  readonly chosen: () => Chain;
}

/**
 * A route with its upstream and the path there. Its chains are made at its first call: a document may have thousands of
 * routes, each change of it brings them all anew, and few are called before the next.
 */
class Route implements CompiledRoute {
  readonly id: string;
  readonly upstream: CompiledUpstream | null;
  readonly upstreamPath: readonly (string | number)[] | null;
  readonly parameters: readonly string[];
  readonly #make: RouteChains;
  #chain: Chain | null = null;
  #chosen: Chain | null = null;

  constructor(route: RouteSnapshot, upstream: CompiledUpstream | null, make: RouteChains) {
    this.id = route.id;
    this.upstream = upstream;
    this.parameters = parametersOf(route.path);
    this.upstreamPath = route.upstreamPath === null ? null : compilePath(route.upstreamPath, this.parameters);
    this.#make = make;
  }

  get chain(): Chain {
    this.#chain ??= this.#make.chain();
    return this.#chain;
  }

  get chosen(): Chain {
    this.#chosen ??= this.#make.chosen();
    return this.#chosen;
  }
}

/** Turns a route into its upstream, the path there and the chains of its calls. */
export function compileRoute(
  route: RouteSnapshot,
  upstream: CompiledUpstream | null,
  chains: RouteChains,
): CompiledRoute {
  return new Route(route, upstream, chains);
}
