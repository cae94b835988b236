import type { Counted } from '@parley/contracts/policies/limits';
import type { PlanSnapshot } from '@parley/contracts/snapshot';
import type { CompiledLimit, CompiledPlan } from './compiled.ts';

/** Name of a window in rate-limit headers: `per-60s`. */
export function limitName(limit: CompiledLimit): string {
  return limit.rule?.name ?? `per-${limit.windowSeconds}s`;
}

/** Quota units of the draft, and two of our own; requests go without saying. */
const UNITS: Readonly<Record<Counted, string>> = {
  requests: '',
  requestBytes: ';qu="content-bytes"',
  running: ';qu="concurrent-requests"',
  tokens: ';qu="tokens"',
  cost: ';qu="millionths"',
};

/** Costs are told in millionths of their currency: numbers in headers have 15 digits (RFC 9651). */
export function toldAmount({ rule }: CompiledLimit, amount: number): number {
  return rule?.counts === 'cost' ? Math.floor(amount / 1000) : amount;
}

/** An item of the `RateLimit-Policy` header (draft-ietf-httpapi-ratelimit-headers-10). */
export function limitItem(limit: CompiledLimit): string {
  const unit = UNITS[limit.rule?.counts ?? 'requests'];
  // A calendar period has no one length, and what runs has none.
  const span = limit.windowSeconds === 0 ? '' : `;w=${limit.windowSeconds}`;
  return `"${limitName(limit)}";q=${toldAmount(limit, limit.requests)}${span}${unit}`;
}

/** Keeps the strictest limit of each window length and writes the policy header (draft-ietf-httpapi-ratelimit-headers). */
export function compilePlan(plan: PlanSnapshot): CompiledPlan {
  const strictest = new Map<number, CompiledLimit>();
  for (const limit of plan.limits) {
    const known = strictest.get(limit.windowSeconds);
    if (!known || limit.requests < known.requests) strictest.set(limit.windowSeconds, limit);
  }
  const limits = [...strictest.values()].sort((a, b) => a.windowSeconds - b.windowSeconds);
  return {
    id: plan.id,
    slug: plan.slug,
    limits,
    policyHeader: limits.map(limitItem).join(', '),
  };
}
