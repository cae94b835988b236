import type { KeyTrouble } from '@parley/contracts/key-health';
import type { ModelFailure } from '@parley/contracts/policies/model-routing';
import type { FailureKind } from '@parley/llm/neutral/answer';
import type { Refusal } from '../refusals.ts';
import { isKeyFailure } from './key-state.ts';

/**
 * How a try failed before the caller was told anything. `cut`: the answer broke off; `nonsense`: it was none. `refusal` is
 * what the caller is told when there is no other try.
 */
export interface TryFailure {
  readonly kind: FailureKind | 'cut' | 'nonsense';
  readonly refusal: Refusal;
  /** What the provider asked to wait; 0 for nothing. */
  readonly retryAfterMs: number;
}

/** What a failure is to the policy; `null` for those that no other model would answer better. */
const POLICY_KIND: Readonly<Record<TryFailure['kind'], ModelFailure | null>> = {
  invalid_request: null,
  context_window: 'contextWindow',
  content_policy: 'contentPolicy',
  too_large: 'contextWindow',
  authentication: 'unavailable',
  permission: 'unavailable',
  quota: 'unavailable',
  not_found: 'unavailable',
  rate_limit: 'limited',
  timeout: 'timeout',
  overloaded: 'unavailable',
  server: 'unavailable',
  cut: 'unavailable',
  nonsense: 'unavailable',
};

/** Whether the policy asks the next model after such a failure. */
export function fallsBack(kind: TryFailure['kind'], on: readonly ModelFailure[]): boolean {
  const known = POLICY_KIND[kind];
  return known !== null && on.includes(known);
}

const PASSING: ReadonlySet<TryFailure['kind']> = new Set([
  'rate_limit',
  'timeout',
  'overloaded',
  'server',
  'cut',
  'nonsense',
]);

/** Whether the same model may do better at another try. */
export function mayPass(kind: TryFailure['kind']): boolean {
  return PASSING.has(kind);
}

/** Whether a failure is the key's: another key of the provider may do better. */
export function isKeysFault(kind: TryFailure['kind']): kind is KeyTrouble {
  return isKeyFailure(kind);
}
