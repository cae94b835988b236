import {
  type Counted,
  countedBy,
  isRestored,
  type LimitRule,
  limitIdentity,
  spanOf,
} from '@parley/contracts/policies/limits';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { limitInWords } from '@parley/domain/policies/limit-words';
import { Calendar, type CompiledRule } from '../../ports/limiter/rule.ts';

const WORDS: Readonly<Record<Counted, string>> = {
  requests: 'requests',
  requestBytes: 'bytes',
  running: 'running',
  tokens: 'tokens',
  cost: 'cost',
};
const CODES: Readonly<Record<LimitRule['algorithm'], RefusalCode>> = {
  window: 'rate_limited',
  sliding: 'rate_limited',
  gcra: 'rate_limited',
  quota: 'quota_exceeded',
  concurrency: 'too_many_running',
};

/** What a rule is called in headers when nobody has named it: `requests-60s-application`. */
function nameOf(rule: LimitRule): string {
  return rule.name ?? `${WORDS[countedBy(rule)]}-${spanOf(rule)}-${rule.tag ?? rule.scope}`;
}

/** Policies write costs in millionths; prices, and so counters, are in nano-units. */
const NANO_PER_MILLIONTH = 1000;

/** A rule made ready for counting. `home` is where its policy stands: the version, or the route that has its own. */
export function compileRule(rule: LimitRule, home: string, timeZone: string): CompiledRule {
  const counts = countedBy(rule);
  return {
    kind: rule.algorithm,
    name: nameOf(rule),
    scope: rule.scope,
    tag: rule.tag ?? '',
    counts,
    amount: counts === 'cost' ? rule.amount * NANO_PER_MILLIONTH : rule.amount,
    currency: 'currency' in rule ? rule.currency : '',
    periodMs: 'periodSeconds' in rule ? rule.periodSeconds * 1000 : 0,
    burst: rule.algorithm === 'gcra' ? rule.burst : 0,
    calendar: rule.algorithm === 'quota' ? new Calendar(rule.every, timeZone) : null,
    shadow: rule.shadow,
    restored: isRestored(rule),
    openWhenDown: rule.whenStoreIsDown === 'allow',
    identity: `${home}:${limitIdentity(rule)}`,
    refusalCode: counts === 'cost' ? 'cost_limit_reached' : CODES[rule.algorithm],
    message: `This API allows ${limitInWords(rule)}`,
  };
}
