import { callPredicate, routePredicate } from '@parley/contracts/route-match';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CallFacts, compilePredicates, regexProblem } from './predicates.ts';

const BODY = {
  kind: 'gold',
  n: 7,
  on: true,
  none: null,
  tags: ['a', 'b', ['c']],
  'a/b': { '~': 'x' },
  items: [{ sku: 's' }],
};

const facts = (header: Record<string, string[]>): CallFacts => ({
  header: (name) => header[name] ?? [],
  query: (name) => (name === 'tag' ? ['a', 'b'] : []),
  cookie: (name) => (name === 'session' ? ['s-1'] : []),
  client: (name) => (name === 'country' ? ['DE'] : ['192.0.2.7']),
  body: () => BODY,
});
const holds = (input: object, header: Record<string, string[]> = {}): boolean =>
  compilePredicates([callPredicate.parse(input)])(facts(header));

describe('conditions on a call', () => {
  it.each([
    [{ in: 'header', name: 'X-Plan', value: 'gold' }, { 'x-plan': ['gold'] }, true],
    [{ in: 'header', name: 'x-plan', value: 'gold' }, { 'x-plan': ['golden'] }, false],
    [{ in: 'client', name: 'country', value: 'DE' }, {}, true],
    [{ in: 'client', name: 'country', value: 'FR' }, {}, false],
    [{ in: 'client', name: 'address', test: 'prefix', value: '192.0.2.' }, {}, true],
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

  it.each<[object, boolean]>([
    [{ name: '/kind', value: 'gold' }, true],
    [{ name: '/kind', value: 'gol' }, false],
    [{ name: '/kind', test: 'prefix', value: 'gol' }, true],
    [{ name: '/kind', test: 'regex', value: '^g.ld$' }, true],
    [{ name: '/n', value: '7' }, true],
    [{ name: '/on', value: 'true' }, true],
    [{ name: '/none', value: 'null' }, true],
    [{ name: '/none', test: 'exists' }, true],
    [{ name: '/tags', value: 'b' }, true],
    [{ name: '/tags', value: 'c' }, false],
    [{ name: '/tags/1', value: 'b' }, true],
    [{ name: '/tags/01', test: 'exists' }, false],
    [{ name: '/tags/length', test: 'exists' }, false],
    [{ name: '/items/0/sku', value: 's' }, true],
    [{ name: '/a~1b/~0', value: 'x' }, true],
    [{ name: '/items', test: 'exists' }, true],
    [{ name: '/missing', value: '' }, false],
    [{ name: '/missing', value: 'x', not: true }, true],
    [{ name: '/constructor', test: 'exists' }, false],
    [{ name: '/kind/length', test: 'exists' }, false],
  ])('in a body: %j is %s', (predicate, expected) => {
    const condition = compilePredicates([routePredicate.parse({ in: 'body', ...predicate })]);
    expect(condition(facts({}))).toBe(expected);
  });

  it('of a body name their field by a JSON Pointer, and only routes have them', () => {
    for (const name of ['kind', '/a~2', 'a/b']) {
      expect(routePredicate.safeParse({ in: 'body', name, test: 'exists' }).success, name).toBe(false);
    }
    expect(callPredicate.safeParse({ in: 'body', name: '/a', test: 'exists' }).success).toBe(false);
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
