import { callPredicate } from '@parley/contracts/route-match';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallFacts, compilePredicates, regexProblem } from './predicates.ts';

const facts = (header: Record<string, string[]>): CallFacts => ({
  header: (name) => header[name] ?? [],
  query: (name) => (name === 'tag' ? ['a', 'b'] : []),
  cookie: (name) => (name === 'session' ? ['s-1'] : []),
});
const holds = (input: object, header: Record<string, string[]> = {}): boolean =>
  compilePredicates([callPredicate.parse(input)])(facts(header));

describe('conditions on a call', () => {
  it.each([
    [{ in: 'header', name: 'X-Plan', value: 'gold' }, { 'x-plan': ['gold'] }, true],
    [{ in: 'header', name: 'x-plan', value: 'gold' }, { 'x-plan': ['golden'] }, false],
    [{ in: 'header', name: 'x-plan', test: 'prefix', value: 'gold' }, { 'x-plan': ['golden'] }, true],
    [{ in: 'header', name: 'x-plan', test: 'regex', value: 'old$' }, { 'x-plan': ['gold'] }, true],
    [{ in: 'header', name: 'x-plan', test: 'regex', value: '^old' }, { 'x-plan': ['gold'] }, false],
    [{ in: 'header', name: 'x-plan', test: 'exists' }, { 'x-plan': [''] }, true],
    [{ in: 'header', name: 'x-plan', test: 'exists' }, {}, false],
    [{ in: 'header', name: 'x-plan', test: 'exists', not: true }, {}, true],
    [{ in: 'header', name: 'x-plan', value: '', test: 'equals' }, {}, false],
    [{ in: 'query', name: 'tag', value: 'b' }, {}, true],
    [{ in: 'query', name: 'tag', value: 'b', not: true }, {}, false],
    [{ in: 'query', name: 'Tag', test: 'exists' }, {}, false],
    [{ in: 'cookie', name: 'session', test: 'prefix', value: 's-' }, {}, true],
    [{ in: 'header', name: '__proto__', test: 'exists' }, Object.create(null), false],
  ])('%j over %j is %s', (predicate, header, expected) => {
    expect(holds(predicate, header)).toBe(expected);
  });

  it('all have to hold', () => {
    const both = compilePredicates([
      callPredicate.parse({ in: 'query', name: 'tag', value: 'a' }),
      callPredicate.parse({ in: 'header', name: 'x', test: 'exists' }),
    ]);
    expect(both(facts({}))).toBe(false);
    expect(both(facts({ x: ['1'] }))).toBe(true);
  });

  it('turned round are always the opposite', () => {
    fc.assert(
      fc.property(fc.constantFrom('equals', 'prefix', 'regex'), fc.string({ maxLength: 5 }), (test, text) => {
        const predicate = { in: 'header', name: 'x', test, value: 'a' };
        const header = { x: [text] };
        expect(holds({ ...predicate, not: true }, header)).toBe(!holds(predicate, header));
      }),
    );
  });

  it('cost time in proportion to the text, whatever the regex', () => {
    const started = performance.now();
    for (let i = 0; i < 50; i++) {
      holds({ in: 'header', name: 'x', test: 'regex', value: '^(a+)+$' }, { x: [`${'a'.repeat(1023)}!`] });
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('refuse what RE2 cannot do, and values that say nothing', () => {
    for (const pattern of ['(a)\\1', '(?=a)', '(']) expect(regexProblem(pattern), pattern).not.toBeNull();
    expect(regexProblem('^v[0-9]+$')).toBeNull();
    for (const [test, value] of [
      ['prefix', ''],
      ['regex', ''],
      ['exists', 'x'],
    ]) {
      expect(callPredicate.safeParse({ in: 'query', name: 'a', test, value }).success, test).toBe(false);
    }
  });
});
