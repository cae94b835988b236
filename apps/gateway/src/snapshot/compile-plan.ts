import type { PlanSnapshot } from '@parley/contracts/snapshot';
import type { CompiledLimit, CompiledPlan } from './compiled.ts';

/** Name of a window in rate-limit headers: `per-60s`. */
export function limitName(limit: CompiledLimit): string {
  return `per-${limit.windowSeconds}s`;
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
    policyHeader: limits
      .map((limit) => `"${limitName(limit)}";q=${limit.requests};w=${limit.windowSeconds}`)
      .join(', '),
  };
}
