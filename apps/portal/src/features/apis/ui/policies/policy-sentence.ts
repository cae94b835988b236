import type { Policies, PolicyKind } from '@parley/contracts/policies';
import { summaryOf } from '@parley/domain/policies/summary';

/** What a policy does, in a sentence. */
export function policySentence(kind: string, policy: unknown): string {
  // The server gave both, parsed by the policy's own schema.
  return summaryOf(kind as PolicyKind, policy as NonNullable<Policies[PolicyKind]>);
}
