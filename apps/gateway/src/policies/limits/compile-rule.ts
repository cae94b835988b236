import { countedBy, type LimitRule, limitIdentity, spanOf } from '@parley/contracts/policies/limits';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { limitInWords } from '@parley/domain/policies/limit-words';
import { Calendar, type CompiledRule } from '../../ports/limiter/rule.ts';

const WORDS = { requests: 'requests', requestBytes: 'bytes', running: 'running' } as const;
const CODES: Readonly<Record<LimitRule['algorithm'], RefusalCode>> = {
  window: 'rate_limited',
  sliding: 'rate_limited',
  gcra: 'rate_limited',
  quota: 'quota_exceeded',
  concurrency: 'too_many_running',
};

/** What a rule is called in headers when nobody has named it: `requests-60s-application`. */
function nameOf(rule: LimitRule): string {
  return rule.name ?? `${WORDS[countedBy(rule)]}-${spanOf(rule)}-${rule.scope}`;
}

/** A rule made ready for counting. `home` is where its policy stands: the version, or the route that has its own. */
export function compileRule(rule: LimitRule, home: string, timeZone: string): CompiledRule {
  return {
    kind: rule.algorithm,
    name: nameOf(rule),
    scope: rule.scope,
    bytes: countedBy(rule) === 'requestBytes',
    amount: rule.amount,
    periodMs: 'periodSeconds' in rule ? rule.periodSeconds * 1000 : 0,
    burst: rule.algorithm === 'gcra' ? rule.burst : 0,
    calendar: rule.algorithm === 'quota' ? new Calendar(rule.every, timeZone) : null,
    shadow: rule.shadow,
    openWhenDown: rule.whenStoreIsDown === 'allow',
    identity: `${home}:${limitIdentity(rule)}`,
    refusalCode: CODES[rule.algorithm],
    message: `This API allows ${limitInWords(rule)}, and they are used up.`,
  };
}
