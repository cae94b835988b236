import { type LimitRule, limitIdentity } from '@parley/contracts/policies/limits';
import { limitInWords } from '@parley/domain/policies/limit-words';
import { Calendar, type CompiledRule } from '../../ports/limiter/rule.ts';

/** What a rule is called in headers when nobody has named it: `requests-60s-application`. */
function nameOf(rule: LimitRule): string {
  const span = rule.algorithm === 'quota' ? rule.every : `${rule.periodSeconds}s`;
  return rule.name ?? `${rule.what === 'requests' ? 'requests' : 'bytes'}-${span}-${rule.scope}`;
}

/** A rule made ready for counting. `home` is where its policy stands: the version, or the route that has its own. */
export function compileRule(rule: LimitRule, home: string, timeZone: string): CompiledRule {
  return {
    kind: rule.algorithm,
    name: nameOf(rule),
    scope: rule.scope,
    bytes: rule.what === 'requestBytes',
    amount: rule.amount,
    periodMs: rule.algorithm === 'quota' ? 0 : rule.periodSeconds * 1000,
    burst: rule.algorithm === 'gcra' ? rule.burst : 0,
    calendar: rule.algorithm === 'quota' ? new Calendar(rule.every, timeZone) : null,
    shadow: rule.shadow,
    openWhenDown: rule.whenStoreIsDown === 'allow',
    identity: `${home}:${limitIdentity(rule)}`,
    refusalCode: rule.algorithm === 'quota' ? 'quota_exceeded' : 'rate_limited',
    message: `This API allows ${limitInWords(rule)}, and they are used up.`,
  };
}
