import type { RoutePredicate } from '@parley/contracts/route-match';
import { RE2JS } from 're2js';

/** What conditions may ask of a call; names of headers in lower case. Empty where nothing of that name was sent. */
export interface CallFacts {
  header(name: string): readonly string[];
  query(name: string): readonly string[];
  cookie(name: string): readonly string[];
  /** `country` (ISO 3166-1 alpha-2) or `address` of where the call comes from. */
  client(name: string): readonly string[];
  /** The JSON body; `undefined` where there is none, or it was not read. */
  body(): unknown;
}

/** Whether conditions hold for a call. */
export type Condition = (facts: CallFacts) => boolean;

/** Longer values never fit a regex: matching takes time in proportion to them. */
const MAX_MATCHED = 1024;

/** Why a regex cannot be used (RE2's syntax has no back references and no look-around); `null` when it can. */
export function regexProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch {
    return 'This is no regular expression of RE2’s syntax.';
  }
}

function valueTest({ test, value }: Pick<RoutePredicate, 'test' | 'value'>): (text: string) => boolean {
  switch (test) {
    case 'exists':
      return () => true;
    case 'equals':
      return (text) => text === value;
    case 'prefix':
      return (text) => text.startsWith(value);
    case 'regex': {
      const compiled = RE2JS.compile(value);
      return (text) => text.length <= MAX_MATCHED && compiled.matcher(text).find();
    }
  }
}

/** What a JSON Pointer (RFC 6901) leads to; `undefined` for nothing. Own members only. */
function valueAt(body: unknown, steps: readonly string[]): unknown {
  let at = body;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    // An array's length is a member of its own, which JSON does not have.
    if (Array.isArray(at) && !/^(0|[1-9]\d*)$/.test(step)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[step];
  }
  return at;
}

/** JSON values as texts to compare: of an array each of its members; `null` is the text null; objects are no text. */
function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => (Array.isArray(item) ? [] : textsOf(item)));
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return [JSON.stringify(value)];
  return typeof value === 'string' ? [value] : [];
}

function compileBody({ name, test, value, not }: RoutePredicate): Condition {
  const steps = name
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (test === 'exists') return (facts) => (valueAt(facts.body(), steps) !== undefined) !== not;
  const passes = valueTest({ test, value });
  return (facts) => textsOf(valueAt(facts.body(), steps)).some(passes) !== not;
}

function compileOne(predicate: RoutePredicate): Condition {
  if (predicate.in === 'body') return compileBody(predicate);
  const passes = valueTest(predicate);
  const { not } = predicate;
  const name = predicate.in === 'header' ? predicate.name.toLowerCase() : predicate.name;
  const place = predicate.in;
  return (facts) => facts[place](name).some(passes) !== not;
}

/** Joins conditions that must all hold; none always hold. Throws when a regex is not of RE2's syntax. */
export function compilePredicates(predicates: readonly RoutePredicate[]): Condition {
  const all = predicates.map(compileOne);
  return (facts) => all.every((holds) => holds(facts));
}
