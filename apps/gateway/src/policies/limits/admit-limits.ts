import { noted, preparing } from '../../explain/notes.ts';
import { planLimits } from '../../explain/plan-limits.ts';
import { NO_AMOUNTS } from '../../ports/limiter/rule.ts';
import { refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { admit, shed, takeVerdict } from '../../stages/admit.ts';
import { EndpointLimits } from './endpoint-limits.ts';

const made = new WeakMap<EndpointSource, EndpointLimits>();

/** Chains of one endpoint share its counters. */
function limitsOf(source: EndpointSource): EndpointLimits {
  let limits = made.get(source);
  if (limits === undefined) {
    limits = new EndpointLimits(source);
    made.set(source, limits);
  }
  return limits;
}

/** Counts a call against the limits of plan and policy at once; where the policy has none, against the plan's alone. */
export function admitWithin(source: EndpointSource): Stage {
  const limits = limitsOf(source);
  if (limits.plain) return admit;
  const stage: Stage = (exchange, ports) => {
    const uncountable = limits.uncountable(exchange, ports);
    if (uncountable !== null) return uncountable;
    const call = limits.call(exchange, ports);
    if (call === null) return refusal('internal');
    const local = ports.limiter.rules.tryLocal(call);
    if (local !== null) return takeVerdict(exchange, local);
    exchange.held = call;
    return ports.limiter.rules.admit(call).then((verdict) => {
      // The client may have left while this was decided.
      if (exchange.settled) ports.limiter.rules.release(call, NO_AMOUNTS);
      return takeVerdict(exchange, verdict);
    });
  };
  // Told as the plan's: what the policy adds is told of by itself, and an endpoint may come here without one.
  return noted(stage, { step: 'limits', policy: null, harmless: false, sentence: planLimits });
}

/** Turns away what those limits refuse for sure, before any work is done for it; counts nothing. */
export function shedBeyond(source: EndpointSource): Stage {
  const limits = limitsOf(source);
  if (limits.plain) return shed;
  const stage: Stage = (exchange, ports) => {
    if (!ports.meter.accepts()) return refusal('metering_unavailable', { retryAfterSeconds: 5 });
    if (limits.late) return null;
    const call = limits.call(exchange, ports);
    if (call === null) return refusal('internal');
    const known = ports.limiter.rules.known(call);
    return known === null ? null : takeVerdict(exchange, known);
  };
  return preparing('limits', stage);
}
