import type { Exchange } from '../exchange.ts';
import type { Admission } from '../ports/limiter/admission.ts';
import type { Verdict } from '../ports/limiter/limiter.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { limitRefusal } from './limit-refusal.ts';

function ofOwnTenant({ caller, tenant }: Exchange): boolean {
  return caller !== null && caller.application.tenantId === tenant?.id;
}

/** Notes what the limits said, and refuses with the one that does. */
export function takeVerdict(exchange: Exchange, verdict: Verdict): Refusal | null {
  if (verdict instanceof Refusal) return verdict;
  exchange.admission = verdict;
  return verdict.failed === -1 ? null : limitRefusal(verdict, ofOwnTenant(exchange));
}

/** Turns away what the limits refuse for sure, before any work is done for it; counts nothing. */
export function shed(exchange: Exchange, ports: Ports): Refusal | null {
  if (!ports.meter.accepts()) return refusal('metering_unavailable', { retryAfterSeconds: 5 });
  const { subscription, plan } = exchange;
  if (subscription === null || plan === null) return refusal('internal');
  const known: Admission | null = ports.limiter.known(subscription, plan);
  return known === null ? null : takeVerdict(exchange, known);
}

/** Counts the call against all limits of the plan: the last step before the upstream, so that bad input costs none. */
export function admit(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const { subscription, plan } = exchange;
  if (subscription === null || plan === null) return refusal('internal');
  const local = ports.limiter.tryLocal(subscription, plan);
  if (local !== null) return takeVerdict(exchange, local);
  return ports.limiter.admit(subscription, plan).then((verdict) => takeVerdict(exchange, verdict));
}
