import { routeMatchSchema } from '@parley/contracts/route-match';
import type { RouteSnapshot } from '@parley/contracts/snapshot';
import { type Condition, compilePredicates } from '@parley/domain/routing/predicates';

const ALWAYS: Condition = () => true;

/**
 * The conditions of a route as a function; `null` for a route without. What this release cannot read always holds, and is
 * `unreadable`: such a route refuses its calls rather than leaving them to another.
 */
export function routeCondition({ match }: RouteSnapshot): { holds: Condition | null; unreadable: boolean } {
  if (match === undefined) return { holds: null, unreadable: false };
  const parsed = routeMatchSchema.safeParse(match);
  if (!parsed.success) return { holds: ALWAYS, unreadable: true };
  try {
    return { holds: compilePredicates(parsed.data), unreadable: false };
  } catch {
    return { holds: ALWAYS, unreadable: true };
  }
}
