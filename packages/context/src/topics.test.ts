import { describe, expect, it } from 'vitest';
import { topicsOf } from './topics.ts';
import { wordsIn } from './words.ts';

const texts = (...said: string[]) => said.map((text) => [wordsIn(text)]);
const garden = [
  'tomatoes need soil',
  'soil and compost for tomatoes',
  'slugs eat tomatoes',
  'compost keeps slugs away',
  'soil again',
];
const database = [
  'the index of the query',
  'query latency and index',
  'replica latency',
  'index on the replica',
  'query again',
];

describe('topics', () => {
  it('end where the words change', () => {
    expect(topicsOf(texts(...garden, ...database))).toEqual([
      { from: 0, to: 4 },
      { from: 5, to: 9 },
    ]);
  });

  it('cover every text once, in order, whatever is said', () => {
    for (const said of [
      [],
      ['one'],
      ['', '', '', '', '', '', ''],
      garden,
      Array.from({ length: 40 }, (_, i) => `w${i}`),
    ]) {
      const topics = topicsOf(texts(...said));
      expect(topics.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i))).toEqual(
        said.map((_, i) => i),
      );
    }
  });

  it('of one subject are one', () => {
    expect(topicsOf(texts(...Array.from({ length: 20 }, () => 'tomatoes soil compost')))).toHaveLength(1);
  });
});
