import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, jsonLines, sameJson } from './line-diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 });

describe('the difference of two texts', () => {
  it('holds both: without the added lines the old one, without the removed ones the new one', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const diff = diffLines(before, after);
        expect(diff.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(before);
        expect(diff.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(after);
      }),
    );
  });

  it('is empty of changes for equal texts, and as small as it can be', () => {
    fc.assert(
      fc.property(lines, (text) => {
        expect(diffLines(text, text)).toEqual(text.map((line) => ({ kind: 'same', text: line })));
      }),
    );
    expect(diffLines(['a', 'b', 'c'], ['a', 'x', 'c']).map(({ kind }) => kind)).toEqual([
      'same',
      'removed',
      'added',
      'same',
    ]);
  });

  it('of huge texts is still given at once, as a whole replacement', () => {
    const huge = (mark: string) => Array.from({ length: 5000 }, (_, at) => `${mark}${at}`);
    expect(diffLines(huge('a'), huge('b'))).toHaveLength(10_000);
  });

  it('does not see the order of keys', () => {
    expect(sameJson({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 })).toBe(true);
    expect(sameJson([1, 2], [2, 1])).toBe(false);
    expect(jsonLines({ b: 1, a: 2 })).toEqual(jsonLines({ a: 2, b: 1 }));
  });
});
