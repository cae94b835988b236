import type { Outcome } from '@parley/contracts/plan-pricing';
import type { UsageEvent } from '@parley/contracts/usage-event';

/** What of a call's record decides how it is billed. */
export type EndOfCall = Pick<UsageEvent, 'status' | 'code' | 'abortedBy' | 'attempts' | 'cache'>;

/**
 * How a call ended, for its bill; the first that fits. `services/usage/billing-sql` says the same in SQL, and a test holds
 * the two together.
 */
export function outcomeOf({ status, code, abortedBy, attempts, cache }: EndOfCall): Outcome {
  if (abortedBy === 'client') return 'callerAborted';
  if (abortedBy === 'upstream') return 'upstreamCut';
  if (cache !== undefined) return 'cached';
  if (code !== null && attempts === 0) return 'refused';
  if (status >= 500) return 'serverError';
  return status >= 400 ? 'clientError' : 'ok';
}
