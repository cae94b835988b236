import type { LimitScope } from '@parley/contracts/policies/limits';

/** Whose limit it was: the caller's plan, a budget of the publisher, the account with the publisher, one session, or a limit of the API by what it counts together. */
export type LimitSource = 'plan' | 'budget' | 'billing' | 'session' | LimitScope;

/** What an amount is of. Costs are told in millionths of their currency, as in headers. */
export type LimitUnit = 'requests' | 'bytes' | 'running' | 'tokens' | 'millionths';

/** What a client is told of the limit that refused its call: members of the error object, the same in every dialect. */
export type LimitMembers = {
  readonly limit_source: LimitSource;
  /** As in the RateLimit headers, or a budget's; `null` for who is not told it. */
  readonly limit_name: string | null;
  readonly limit_unit: LimitUnit | null;
  /** Of millionths. */
  readonly limit_currency?: string;
  readonly limit: number | null;
  /** Neither used nor held. */
  readonly remaining: number | null;
  /** Held by calls that have not ended: not used yet, some of it may come back. */
  readonly in_flight: number | null;
  /** What this call may take of it at most. */
  readonly requested: number | null;
  /** ISO 8601, UTC: when there is room again, or it begins anew; `null` where no time does that. */
  readonly resets_at: string | null;
};

/** Of a limit on what an application has going at the same time: all of it is. */
export function allUnderWay(source: LimitSource, name: string, limit: number): LimitMembers {
  return { ...unmeasured(source, name), limit_unit: 'running', limit, remaining: 0, in_flight: limit, requested: 1 };
}

/** Of a limit that is no amount, or whose amounts the caller is not told. */
export function unmeasured(source: LimitSource, name: string | null, resetsAt: string | null = null): LimitMembers {
  return {
    limit_source: source,
    limit_name: name,
    limit_unit: null,
    limit: null,
    remaining: null,
    in_flight: null,
    requested: null,
    resets_at: resetsAt,
  };
}
