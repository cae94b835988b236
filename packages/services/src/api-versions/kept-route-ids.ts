import type { RouteMatch } from '@parley/contracts/route-match';

/** What tells a route of a version from the others. */
export interface Addressed {
  readonly method: string;
  readonly path: string;
  readonly match?: RouteMatch | undefined;
  readonly when?: string | undefined;
}

const addressOf = ({ method, path }: Addressed): string => `${method} ${path}`;
/** What a route is asked for beside its address, as one text. */
export const conditionsOf = ({ match, when }: Pick<Addressed, 'match' | 'when'>): string =>
  JSON.stringify([match, when]);

const markOf = (route: Addressed): string => `${addressOf(route)} ${conditionsOf(route)}`;

/**
 * The ids that new routes take over from the old ones, by place: first from the route with the same address and
 * conditions, then from one with the same address whose conditions have changed. `undefined` for a route that is new.
 */
export function keptIds(
  before: readonly (Addressed & { readonly id: string })[],
  after: readonly Addressed[],
): (string | undefined)[] {
  const left = [...before];
  const take = (same: (old: Addressed) => boolean): string | undefined => {
    const at = left.findIndex(same);
    return at === -1 ? undefined : left.splice(at, 1)[0]?.id;
  };
  const exact = after.map((route) => take((old) => markOf(old) === markOf(route)));
  return after.map((route, at) => exact[at] ?? take((old) => addressOf(old) === addressOf(route)));
}
