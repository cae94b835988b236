import type { CompiledLimit } from '../../snapshot/compiled.ts';
import type { Decision } from './decide.ts';

/** Limits decided together, and how they are told. Those on trial are not told: a decision names them after these. */
export interface LimitSet {
  readonly limits: readonly CompiledLimit[];
  /** Value of the `RateLimit-Policy` header. */
  readonly policyHeader: string;
}

/** What the limits say after one call, for the rate-limit headers. Seconds are rounded up. */
export interface Admission extends LimitSet {
  readonly remaining: readonly number[];
  readonly resetSeconds: readonly number[];
  /** Index of the limit that refused; -1 for an admitted call. */
  readonly failed: number;
  /** When that limit has room again, by the store's clock; 0 for an admitted call. */
  readonly resetsAtMs: number;
  /** What the call might have taken of it at most, and what others hold that have not ended; where that limit is metered. */
  readonly wanted?: number;
  readonly held?: number;
}

/** Admission without limits: nothing to count. */
export const UNLIMITED: Admission = {
  limits: [],
  policyHeader: '',
  remaining: [],
  resetSeconds: [],
  failed: -1,
  resetsAtMs: 0,
};

/** A decision as told `elapsedMs` after it was asked for, with `held` permits of it still unused on this node. */
export function admissionOf(
  { limits, policyHeader }: LimitSet,
  decision: Decision,
  elapsedMs: number,
  held: number,
  failed: number,
): Admission {
  const serverNow = decision.serverMs + elapsedMs;
  const remaining: number[] = [];
  const resetSeconds: number[] = [];
  for (let i = 0; i < limits.length; i++) {
    const window = decision.windows[i] as Decision['windows'][number];
    remaining.push(window.remaining + held);
    resetSeconds.push(Math.max(1, Math.ceil((window.resetMs - serverNow) / 1000)));
  }
  const resetsAtMs = failed === -1 ? 0 : (decision.windows[failed]?.resetMs ?? 0);
  return { limits, policyHeader, remaining, resetSeconds, failed, resetsAtMs };
}

/** The limit with least left; of several, the one used up for longest. */
export function worstLimit({ limits }: LimitSet, { windows }: Decision): number {
  let failed = 0;
  for (let i = 1; i < limits.length; i++) {
    const [window, worst] = [windows[i], windows[failed]];
    if (window === undefined || worst === undefined || window.remaining > worst.remaining) continue;
    if (window.remaining < worst.remaining || window.resetMs > worst.resetMs) failed = i;
  }
  return failed;
}
