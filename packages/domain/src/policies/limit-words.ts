import {
  type Counted,
  countedBy,
  LEAST_OUTPUT_TOKENS,
  type LimitRule,
  type LimitScope,
  type LimitsPolicy,
} from '@parley/contracts/policies/limits';

const SCOPES: Readonly<Record<LimitScope, string>> = {
  application: 'for each application',
  key: 'for each API key',
  route: 'for each application on each route',
  address: 'for each address',
  api: 'for all callers together',
  team: 'for each team',
  tenant: 'for each organisation',
  model: 'for each application and model',
  user: 'for each end user of an application',
  tag: 'for each value of a tag',
};

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** `60` is `minute`, `90` is `90 seconds`: what stands after “per”. */
export function periodInWords(seconds: number): string {
  const [size, name] = UNITS.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  const count = seconds / size;
  return count === 1 ? name : `${count} ${name}s`;
}

function spanOf(rule: LimitRule): string {
  switch (rule.algorithm) {
    case 'window':
      return `per ${periodInWords(rule.periodSeconds)}`;
    case 'sliding':
      return `in any ${periodInWords(rule.periodSeconds)}`;
    case 'gcra':
      return `per ${periodInWords(rule.periodSeconds)} evenly, ${rule.burst.toLocaleString('en')} at once`;
    case 'quota':
      return rule.every === 'total' ? 'in total' : `per calendar ${rule.every}`;
    case 'concurrency':
      return 'at the same time';
  }
}

const THINGS: Readonly<Record<Exclude<Counted, 'cost'>, string>> = {
  requests: 'request',
  running: 'request',
  requestBytes: 'byte',
  tokens: 'token',
};

/** Millionths of a currency as people write them: `1.5 EUR`. */
export function millionthsInWords(millionths: number, currency: string): string {
  return `${(millionths / 1_000_000).toLocaleString('en', { maximumFractionDigits: 6 })} ${currency}`;
}

function amountOf(rule: LimitRule): string {
  const counted = countedBy(rule);
  if (counted === 'cost') return millionthsInWords(rule.amount, 'currency' in rule ? rule.currency : '');
  return `${rule.amount.toLocaleString('en')} ${THINGS[counted]}${rule.amount === 1 ? '' : 's'}`;
}

/** “100 requests per minute for each application”. */
export function limitInWords(rule: LimitRule): string {
  return `${amountOf(rule)} ${spanOf(rule)} ${rule.tag === undefined ? SCOPES[rule.scope] : `for each “${rule.tag}” of an application`}`;
}

/** What becomes of calls that do not fit but might; empty where they are refused. */
export function shortInWords({ whenShort, leastOutputTokens = LEAST_OUTPUT_TOKENS }: LimitsPolicy): string {
  if (whenShort === 'cheaperModel')
    return 'A call that does not fit goes to a cheaper model behind its name that does.';
  if (whenShort !== 'lowerOutput') return '';
  const least = leastOutputTokens.toLocaleString('en');
  return `A call that does not fit has its longest answer lowered until it does, to no less than ${least} tokens.`;
}
