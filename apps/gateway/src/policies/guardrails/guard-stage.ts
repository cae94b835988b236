import { Guard } from '@parley/guard/guard';
import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';

/** A stage that asks the version's guardrails; `null` without the policy. */
export function guardStage(
  { policies }: EndpointSource,
  check: (exchange: Exchange, guard: Guard) => Refusal | null,
): Stage | null {
  const policy = policies.guardrails;
  if (!policy) return null;
  let guard: Guard;
  try {
    guard = new Guard(policy);
  } catch {
    // Saved policies compile; one that does not is of another release, and is not to be served without.
    return deciding('guardrails', () => refusal('policy_unsupported'));
  }
  return deciding('guardrails', (exchange) => check(exchange, guard));
}
