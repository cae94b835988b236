import { acting } from '../../explain/notes.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { CallBodies } from './call-bodies.ts';

/**
 * Keeps what is asked and answered, of some calls and of failed ones. What is kept is handed over after the answer
 * (`BodySender`). `null` for a version that keeps none.
 */
export function bodyLog({ policies }: EndpointSource): Stage | null {
  const policy = policies.bodyLog;
  if (!policy) return null;
  return acting('bodyLog', (exchange) => {
    const chosen = Math.random() < policy.sample;
    if (chosen || policy.onErrors) exchange.bodies = new CallBodies(policy, chosen);
    return null;
  });
}
