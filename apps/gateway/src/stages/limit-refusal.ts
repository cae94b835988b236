import { isMetered } from '@parley/contracts/policies/limits';
import { millionthsInWords, periodInWords } from '@parley/domain/policies/limit-words';
import type { Admission } from '../ports/limiter/admission.ts';
import type { CompiledRule } from '../ports/limiter/rule.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledLimit } from '../snapshot/compiled.ts';

/** When calls that would fit once others have ended may come again. */
const ONCE_OTHERS_END_S = 2;
/** Longer than any period that begins anew. */
export const NEVER_S = 400 * 86_400;

function amountInWords(rule: CompiledRule, amount: number): string {
  if (rule.counts !== 'cost') return `${amount.toLocaleString('en')} tokens`;
  return millionthsInWords(Math.ceil(amount / 1000), rule.currency);
}

/** Why a limit on tokens or cost has no room: what is left, what running calls hold of it, and what this one may take. */
function meteredRefusal(rule: CompiledRule, left: number, wanted: number, held: number, seconds: number): Refusal {
  const used = rule.amount - left - held;
  const words = (amount: number): string => amountInWords(rule, Math.max(0, amount));
  const parts = [`${words(used)} used`, ...(held > 0 ? [`${words(held)} held by calls that run`] : [])];
  const message = `${rule.message} Of that ${parts.join(' and ')}, ${words(left)} left; this call may take ${words(wanted)}.`;
  const retryAfterSeconds = left + held >= wanted ? Math.min(seconds, ONCE_OTHERS_END_S) : seconds;
  return refusal(rule.refusalCode, { message, ...(retryAfterSeconds < NEVER_S ? { retryAfterSeconds } : {}) });
}

/** What a budget has left is told to callers of its own tenant; others learn that there is one, and when to come again. */
function budgetRefusal(rule: CompiledRule, seconds: number): Refusal {
  const message = 'What this API’s publisher spends on such calls for now is used up, or held by calls that run.';
  return refusal(rule.refusalCode, { message, ...(seconds < NEVER_S ? { retryAfterSeconds: seconds } : {}) });
}

/** The refusal of a call that one of its limits has no room for. */
export function limitRefusal(
  { limits, remaining, resetSeconds, failed, wanted, held }: Admission,
  ownTenant: boolean,
): Refusal {
  const limit = limits[failed] as CompiledLimit;
  const seconds = resetSeconds[failed] as number;
  const { rule } = limit;
  if (rule === undefined) {
    const span = periodInWords(limit.windowSeconds);
    const message = `The plan allows ${limit.requests} requests per ${span}, and they are used up.`;
    return refusal('rate_limited', { message, retryAfterSeconds: seconds });
  }
  if (rule.budget !== undefined && !ownTenant) return budgetRefusal(rule, seconds);
  if (isMetered(rule.counts)) {
    return meteredRefusal(rule, remaining[failed] as number, wanted ?? 0, held ?? 0, seconds);
  }
  return refusal(rule.refusalCode, {
    message: rule.message,
    ...(seconds < NEVER_S ? { retryAfterSeconds: seconds } : {}),
  });
}
