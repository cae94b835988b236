import { isMetered, type LimitsPolicy } from '@parley/contracts/policies/limits';
import type { Exchange } from '../../exchange.ts';
import { noted, preparing } from '../../explain/notes.ts';
import { planLimits } from '../../explain/plan-limits.ts';
import type { Admission } from '../../ports/limiter/admission.ts';
import type { Verdict } from '../../ports/limiter/limiter.ts';
import type { Ports } from '../../ports/ports.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { CompiledLimit } from '../../snapshot/compiled.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { admit, shed, takeVerdict } from '../../stages/admit.ts';
import { recordOf } from '../../stages/limit-record.ts';
import { taken } from '../../stages/taken.ts';
import { addNote } from '../../wire/response-headers.ts';
import { type EndpointCall, EndpointLimits } from './endpoint-limits.ts';
import { type Made, makeSmaller } from './make-smaller.ts';
import { shortNotes } from './short-notes.ts';

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

/** Asks the store; what it let in for a client that has left meanwhile is given back, but for what that is charged. */
async function ask(exchange: Exchange, ports: Ports, call: EndpointCall): Promise<Verdict> {
  exchange.held = call;
  const verdict = await ports.limiter.rules.admit(call);
  if (exchange.settled) ports.limiter.rules.release(call, taken(exchange));
  return verdict;
}

/** What was refused for want of tokens or cost: less of them may fit. */
function isShort(exchange: Exchange, verdict: Verdict): verdict is Admission {
  if (exchange.settled || verdict instanceof Refusal || verdict.failed === -1) return false;
  const { rule } = verdict.limits[verdict.failed] as CompiledLimit;
  return rule !== undefined && isMetered(rule.counts);
}

const HEADERS: Readonly<Record<Made['kind'], string>> = {
  lowerOutput: 'x-parley-output-lowered',
  cheaperModel: 'x-parley-cheaper-model',
};

/** Where less of a call would fit, that is asked for, once; whoever was faster may have taken what was left. */
async function askForLess(
  exchange: Exchange,
  ports: Ports,
  { limits, call, policy }: { limits: EndpointLimits; call: EndpointCall; policy: LimitsPolicy },
): Promise<Refusal | null> {
  const first = await ask(exchange, ports, call);
  if (!isShort(exchange, first)) return takeVerdict(exchange, first);
  const instead = makeSmaller({ exchange, ports, call, admission: first, policy });
  const smaller = instead === null ? null : limits.call(exchange, ports);
  if (instead === null || smaller === null) return takeVerdict(exchange, first);
  const second = await ask(exchange, ports, smaller);
  if (second instanceof Refusal) return second;
  if (second.failed !== -1) return takeVerdict(exchange, first);
  exchange.short = { ...recordOf(first), instead };
  const told = instead.kind === 'lowerOutput' ? String(instead.outputTokens) : encodeURIComponent(instead.model);
  addNote(exchange, HEADERS[instead.kind], told);
  return takeVerdict(exchange, second);
}

/** Counts a call against the limits of plan and policy at once; where the policy has none, against the plan's alone. */
export function admitWithin(source: EndpointSource): Stage {
  const limits = limitsOf(source);
  if (limits.plain) return admit;
  const policy = source.policies.limits;
  const yields = policy !== undefined && (policy.whenShort ?? 'refuse') !== 'refuse';
  const stage: Stage = (exchange, ports) => {
    const uncountable = limits.uncountable(exchange, ports);
    if (uncountable !== null) return uncountable;
    const call = limits.call(exchange, ports);
    if (call === null) return refusal('internal');
    const local = ports.limiter.rules.tryLocal(call);
    if (local !== null) return takeVerdict(exchange, local);
    if (yields) return askForLess(exchange, ports, { limits, call, policy });
    return ask(exchange, ports, call).then((verdict) => takeVerdict(exchange, verdict));
  };
  // Told as the plan's: what the policy adds is told of by itself, and an endpoint may come here without one.
  return noted(stage, {
    step: 'limits',
    policy: null,
    harmless: false,
    sentence: planLimits,
    notes: (exchange) => (yields ? shortNotes(exchange, policy) : []),
  });
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
