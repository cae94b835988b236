import { isMetered } from '@parley/contracts/policies/limits';
import { millionthsInWords, periodInWords } from '@parley/domain/policies/limit-words';
import type { Admission } from '../ports/limiter/admission.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledLimit } from '../snapshot/compiled.ts';
import { unmeasured } from '../wire/limit-members.ts';
import { instantOf, type LimitStanding, membersOf, NEVER_S, resetsAt, standingOf } from './limit-facts.ts';

/** When calls that would fit once others have ended may come again. */
const ONCE_OTHERS_END_S = 2;

/** The plan's limit in words, as a rule of the API has its own. */
function planInWords({ requests, windowSeconds }: CompiledLimit): string {
  return `The plan allows ${requests} requests per ${periodInWords(windowSeconds)}`;
}

function amountInWords({ rule, counts }: LimitStanding, amount: number): string {
  if (counts === 'cost') return millionthsInWords(Math.ceil(amount / 1000), rule?.currency ?? '');
  return `${amount.toLocaleString('en')} ${counts === 'tokens' ? 'tokens' : 'bytes'}`;
}

/** Where a call may be larger than what is left: what is used, what running calls hold, what is left, and what this one may take. */
function sharesInWords(standing: LimitStanding): string {
  const { used, inFlight, left, wanted, resetsAtMs } = standing;
  const words = (amount: number): string => amountInWords(standing, amount);
  const parts = [`${words(used)} used`, ...(inFlight > 0 ? [`${words(inFlight)} held by calls that run`] : [])];
  const anew = resetsAtMs === null ? '' : ` There is room again at ${instantOf(resetsAtMs)}.`;
  return `. Of that ${parts.join(' and ')}, ${words(left)} left; this call may take ${words(wanted)}.${anew}`;
}

/** How it stands, in words that follow what it allows. */
function standingInWords(standing: LimitStanding): string {
  const { counts, resetsAtMs } = standing;
  if (counts === 'running') return ', and as many run.';
  if (isMetered(counts) || counts === 'requestBytes') return sharesInWords(standing);
  return resetsAtMs === null ? ', and they are used up.' : `, and they are used up until ${instantOf(resetsAtMs)}.`;
}

/** What a budget has left is told to callers of its own tenant; others learn that there is one, and when to come again. */
function strangerRefusal(standing: LimitStanding, seconds: number): Refusal {
  const { resetsAtMs } = standing;
  const anew = resetsAtMs === null ? '' : ` It begins anew at ${instantOf(resetsAtMs)}.`;
  const message = `What this API’s publisher spends on such calls for now is used up, or held by calls that run.${anew}`;
  const limit = unmeasured('budget', null, resetsAt(standing));
  return refusal('budget_exhausted', { message, limit, ...retryAfter(seconds) });
}

function retryAfter(seconds: number): { retryAfterSeconds?: number } {
  return seconds < NEVER_S ? { retryAfterSeconds: seconds } : {};
}

/** The refusal of a call that one of its limits has no room for. */
export function limitRefusal(admission: Admission, ownTenant: boolean): Refusal {
  const standing = standingOf(admission);
  const { rule, left, inFlight, wanted, counts } = standing;
  const seconds = admission.resetSeconds[admission.failed] as number;
  if (rule?.budget !== undefined && !ownTenant) return strangerRefusal(standing, seconds);
  const allowed = rule?.message ?? planInWords(admission.limits[admission.failed] as CompiledLimit);
  // It would fit once others have ended.
  const soon = isMetered(counts) && left + inFlight >= wanted;
  return refusal(rule?.refusalCode ?? 'rate_limited', {
    message: `${allowed}${standingInWords(standing)}`,
    limit: membersOf(standing),
    ...retryAfter(soon ? Math.min(seconds, ONCE_OTHERS_END_S) : seconds),
  });
}
