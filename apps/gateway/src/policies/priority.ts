import type { PriorityClass } from '@parley/contracts/policies/priority';
import type { LoadLevel } from '../load/load-level.ts';
import { refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';

/** From which level on a class is refused, and when to come again. */
const REFUSED: Readonly<Record<PriorityClass, { readonly from: LoadLevel; readonly afterSeconds: number } | null>> = {
  sheddable: { from: 1, afterSeconds: 5 },
  normal: { from: 2, afterSeconds: 2 },
  critical: null,
};

/** Refuses calls of the endpoint's class while the node is overloaded; `null` for critical ones, which it never does. */
export function priority({ policies }: EndpointSource): Stage | null {
  const refused = REFUSED[policies.priority?.class ?? 'normal'];
  if (refused === null) return null;
  const answer = refusal('overloaded', { retryAfterSeconds: refused.afterSeconds });
  return (_exchange, { life }) => (life.overload >= refused.from ? answer : null);
}
