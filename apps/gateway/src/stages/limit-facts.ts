import type { Counted } from '@parley/contracts/policies/limits';
import type { Admission } from '../ports/limiter/admission.ts';
import type { CompiledRule } from '../ports/limiter/rule.ts';
import { limitName } from '../snapshot/compile-plan.ts';
import type { CompiledLimit } from '../snapshot/compiled.ts';
import type { LimitMembers, LimitSource, LimitUnit } from '../wire/limit-members.ts';

/** Longer than any period that begins anew. */
export const NEVER_S = 400 * 86_400;

const UNITS: Readonly<Record<Counted, LimitUnit>> = {
  requests: 'requests',
  requestBytes: 'bytes',
  running: 'running',
  tokens: 'tokens',
  cost: 'millionths',
};

/** How the limit that refused a call stood, in its own units (costs in nano-units). */
export interface LimitStanding {
  readonly rule: CompiledRule | undefined;
  readonly source: LimitSource;
  readonly name: string;
  readonly counts: Counted;
  readonly amount: number;
  /** Neither used nor held. */
  readonly left: number;
  /** Held by calls that have not ended. */
  readonly inFlight: number;
  readonly used: number;
  /** What the call may take at most. */
  readonly wanted: number;
  /** Unix milliseconds; `null` where no time makes room. */
  readonly resetsAtMs: number | null;
}

function sourceOf(rule: CompiledRule | undefined): LimitSource {
  if (rule === undefined) return 'plan';
  if (rule.credit) return 'billing';
  return rule.budget === undefined ? rule.scope : 'budget';
}

/** How the limit stood that refused a call. */
export function standingOf(admission: Admission): LimitStanding {
  const { limits, remaining, resetSeconds, failed, wanted, held, resetsAtMs } = admission;
  const limit = limits[failed] as CompiledLimit;
  const { rule } = limit;
  const counts = rule?.counts ?? 'requests';
  // A burst is what GCRA lets come at once; its amount is only how fast that comes back.
  const amount = rule?.kind === 'gcra' ? rule.burst : (rule?.amount ?? limit.requests);
  const left = Math.max(0, remaining[failed] as number);
  const inFlight = counts === 'running' ? amount - left : (held ?? 0);
  const never = counts === 'running' || (resetSeconds[failed] as number) >= NEVER_S;
  return {
    rule,
    source: sourceOf(rule),
    name: limitName(limit),
    counts,
    amount,
    left,
    inFlight,
    used: Math.max(0, amount - left - inFlight),
    wanted: wanted ?? 1,
    resetsAtMs: never ? null : resetsAtMs,
  };
}

/** When a limit has room again, for people: whole seconds, in UTC. */
export function instantOf(resetsAtMs: number): string {
  return `${new Date(Math.ceil(resetsAtMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** The same for programs: to the millisecond. */
export function resetsAt({ resetsAtMs }: LimitStanding): string | null {
  return resetsAtMs === null ? null : new Date(resetsAtMs).toISOString();
}

/** What a client is told of it beside the words. What is left is rounded down, what is taken up. */
export function membersOf(standing: LimitStanding): LimitMembers {
  const { rule, counts } = standing;
  const scale = counts === 'cost' ? 1000 : 1;
  return {
    limit_source: standing.source,
    limit_name: standing.name,
    limit_unit: UNITS[counts],
    ...(counts === 'cost' ? { limit_currency: rule?.currency ?? '' } : {}),
    limit: Math.floor(standing.amount / scale),
    remaining: Math.floor(standing.left / scale),
    in_flight: Math.ceil(standing.inFlight / scale),
    requested: Math.ceil(standing.wanted / scale),
    resets_at: resetsAt(standing),
  };
}
