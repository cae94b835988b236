import type { RouteSnapshot } from '@parley/contracts/snapshot';
import { parametersOf } from '../routing/route-path.ts';
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

/** Turns a route into its upstream, the path there and the chains of its calls. */
export function compileRoute(
  route: RouteSnapshot,
  upstream: CompiledUpstream | null,
  chains: Pick<CompiledRoute, 'chain' | 'chosen'>,
): CompiledRoute {
  const parameters = parametersOf(route.path);
  return {
    id: route.id,
    upstream,
    upstreamPath: route.upstreamPath === null ? null : compilePath(route.upstreamPath, parameters),
    parameters,
    ...chains,
  };
}
