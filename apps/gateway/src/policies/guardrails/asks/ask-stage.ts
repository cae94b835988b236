import { acting } from '../../../explain/notes.ts';
import { refusal } from '../../../refusals.ts';
import type { EndpointSource, Stage } from '../../../stage.ts';
import { advisersOf } from './adviser.ts';
import { CallAdvice } from './call-advice.ts';

/**
 * Asks the models of the version's guardrails, all at once, what they make of what the call sends, and waits for them; `null` where
 * it names none. After what counts a call and what answers without the call's own model: nobody causes more questions than
 * calls are his, and an answer that was kept costs none.
 */
export function askAdvice({ policies, models }: EndpointSource): Stage | null {
  const policy = policies.guardrails;
  if (policy === undefined || (policy.judge === undefined && policy.moderation === undefined)) return null;
  const advisers = advisersOf(policy, models);
  // Its model is gone: not to be served without.
  if (advisers === null) return acting('guardrails', () => refusal('policy_unsupported'));
  return acting('guardrails', (exchange, ports) => {
    const { guard } = exchange;
    if (guard === null) return refusal('internal');
    guard.advice = new CallAdvice(advisers, guard, exchange, ports);
    guard.advice.aboutInput(guard.sent);
    const settled = guard.advice.settled();
    return settled === null ? null : settled.then(() => guard.refusal());
  });
}
