import type { RouteSnapshot } from '@parley/contracts/snapshot';

const SHOWN = 3;

const segmentsOf = (path: string): string[] => path.split('/').filter(Boolean);

/** How many leading segments a route shares with a path, and the first place where they part. */
function compare(route: RouteSnapshot, path: string): { shared: number; why: string } {
  const wanted = segmentsOf(route.path);
  const given = segmentsOf(path);
  for (const [at, segment] of wanted.entries()) {
    if (segment === '*') return { shared: at, why: '' };
    const text = given[at];
    if (text === undefined) return { shared: at, why: `it goes on with “/${segment}”` };
    const open = segment.startsWith('{') && segment.endsWith('}');
    if (!open && segment !== text) return { shared: at, why: `it has “${segment}” where the call has “${text}”` };
  }
  if (given.length > wanted.length) return { shared: wanted.length, why: `it ends before “/${given[wanted.length]}”` };
  return { shared: wanted.length, why: '' };
}

/** The routes that come nearest to a call that none takes, each with why it is not the one. */
export function nearRoutes(routes: readonly RouteSnapshot[], method: string, path: string): string[] {
  return routes
    .map((route) => ({ route, ...compare(route, path) }))
    .sort((a, b) => Number(b.why === '') - Number(a.why === '') || b.shared - a.shared)
    .slice(0, SHOWN)
    .map(({ route, why }) => {
      const conditions = route.match === undefined ? '' : ' (with conditions)';
      const name = `${route.method === '*' ? 'Any method' : route.method} ${route.path}${conditions}`;
      if (why !== '') return `${name}: ${why}.`;
      const takes = route.method === '*' || route.method === method || (route.method === 'GET' && method === 'HEAD');
      return takes
        ? `${name}: path and method fit, but its conditions do not hold.`
        : `${name}: the path fits, but it does not take ${method}.`;
    });
}
