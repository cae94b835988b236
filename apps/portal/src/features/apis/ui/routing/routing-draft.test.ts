import { expect, it } from 'vitest';
import { hedgeCost, moved, pathOf, resumeCost, routesOf, sharesOf, withMember, withSemantic } from './routing-draft.ts';

const target = (model: string, more: object = {}) => ({ model, weight: 1, when: '', route: '', ...more });
const alias = (strategy: string, targets: ReturnType<typeof target>[]) => ({ name: 'n', strategy, targets });

it('moves one of a list, and nothing over its ends', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
});

it('shares calls by weight, also while a weight is being typed', () => {
  expect(sharesOf([target('a', { weight: 2 }), target('b')])).toEqual([66.7, 33.3]);
  expect(sharesOf([target('a', { weight: 0 }), target('b', { weight: '1x' })])).toEqual([0, 0]);
});

it('draws the path of a call: order, tries, and what leads on', () => {
  const routing = { tries: 2, fallbackOn: ['unavailable', 'limited', 'contextWindow'] };
  const [first, second] = pathOf(routing, alias('ordered', [target('sage', { when: 'true' }), target('swift')]));
  expect(first).toEqual({
    title: 'sage',
    note: 'up to 2 tries · where its condition holds',
    leads: 'if it is unavailable, is at its limit or has too small a window',
  });
  expect(second).toEqual({ title: 'swift', note: 'up to 2 tries', leads: '' });
  const cheap = pathOf(routing, alias('cheapest', [target('sage'), target('swift'), target('ponder')]));
  expect(cheap.map(({ title }) => title)).toEqual(['The cheapest', 'The next cheapest']);
  expect(cheap[0]?.note).toContain('of sage, swift, ponder');
});

it('leads nowhere else where no failure counts, and leaves out what has no model yet', () => {
  const both = alias('ordered', [target('sage'), target('swift'), target('')]);
  expect(pathOf({ tries: 1, fallbackOn: [] }, both)).toEqual([{ title: 'sage', note: 'one try', leads: '' }]);
});

it('takes routes from the models when meaning no longer chooses', () => {
  const meant = {
    ...alias('ordered', [target('a'), target('b', { route: 'code' })]),
    semantic: { routes: [{ name: 'code' }] },
  };
  expect(routesOf(meant)).toEqual(['code']);
  const plain = withSemantic(meant, undefined);
  expect(plain).not.toHaveProperty('semantic');
  expect(plain['targets']).toEqual([target('a'), target('b')]);
  expect(withMember({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 });
});

it('says what asking twice and going on cost', () => {
  expect(hedgeCost(undefined)).toContain('costs once');
  expect(hedgeCost({ afterMs: 1500, maxShare: 0.125 })).toContain('Up to 12.5 % of calls');
  expect(resumeCost(true)).toContain('both tries’ tokens count');
  expect(resumeCost(false)).toMatch(/^Off/);
});
