import type { CanaryPlan } from '@parley/contracts/policies/split';

/** What was seen of one side's calls in the window. */
export interface CanaryTally {
  readonly calls: number;
  readonly errors: number;
  /** 95th percentile of the time at the upstream in microseconds; `null` without calls. */
  readonly p95Us: number | null;
}

/** The canary's share (basis points) so long after its start, both in milliseconds. */
export function canaryShare({ steps, everySeconds }: CanaryPlan, sinceMs: number): number {
  const step = Math.max(0, Math.floor(sinceMs / (everySeconds * 1000)));
  return steps[Math.min(step, steps.length - 1)] as number;
}

const rate = ({ errors, calls }: CanaryTally): number => (calls === 0 ? 0 : (errors / calls) * 100);
const milliseconds = (us: number): string => `${Math.round(us / 100) / 10} ms`;

/**
 * Why a canary has to be rolled back, in a sentence; `null` while it does no worse than the others by more than its plan
 * allows, or has had too few calls to tell. What is wrong on both sides is not the canary's fault.
 */
export function canaryFault({ rollback }: CanaryPlan, canary: CanaryTally, others: CanaryTally): string | null {
  const { minCalls, errorRatePercent, latencyP95Ratio } = rollback;
  if (canary.calls < minCalls) return null;
  if (rate(canary) - rate(others) > errorRatePercent) {
    return `${rate(canary).toFixed(1)} % of ${canary.calls} calls failed, against ${rate(others).toFixed(1)} % of ${others.calls} elsewhere.`;
  }
  if (others.calls < minCalls || canary.p95Us === null || others.p95Us === null) return null;
  if (canary.p95Us > others.p95Us * latencyP95Ratio) {
    return `Its 95th percentile was ${milliseconds(canary.p95Us)}, against ${milliseconds(others.p95Us)} elsewhere.`;
  }
  return null;
}
