import type { CallPredicate } from '@parley/contracts/route-match';
import { RE2JS } from 're2js';

/** What conditions may ask of a call; names of headers in lower case. Empty where nothing of that name was sent. */
export interface CallFacts {
  header(name: string): readonly string[];
  query(name: string): readonly string[];
  cookie(name: string): readonly string[];
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

function valueTest({ test, value }: CallPredicate): (text: string) => boolean {
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

function compileOne(predicate: CallPredicate): Condition {
  const passes = valueTest(predicate);
  const { not } = predicate;
  const name = predicate.in === 'header' ? predicate.name.toLowerCase() : predicate.name;
  const place = predicate.in;
  return (facts) => facts[place](name).some(passes) !== not;
}

/** Joins conditions that must all hold; none always hold. Throws when a regex is not of RE2's syntax. */
export function compilePredicates(predicates: readonly CallPredicate[]): Condition {
  const all = predicates.map(compileOne);
  return (facts) => all.every((holds) => holds(facts));
}
