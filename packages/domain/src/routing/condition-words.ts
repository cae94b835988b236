import type { RoutePredicate } from '@parley/contracts/route-match';

const TEST_WORDS = { equals: 'is', prefix: 'starts with', regex: 'matches', exists: 'is sent' } as const;

/** “header x-plan is “gold””. */
export function predicateInWords({ in: place, name, test, value, not }: RoutePredicate): string {
  const compared = test === 'exists' ? '' : ` “${value}”`;
  return `${not ? 'not: ' : ''}${place} ${name} ${TEST_WORDS[test]}${compared}`;
}

/** All conditions of a route in one line. */
export function conditionsInWords(match: readonly RoutePredicate[]): string {
  return match.map(predicateInWords).join(' and ');
}
