import fc from 'fast-check';
import { expect, it } from 'vitest';
import { offlineEmbedding } from './offline.ts';
import { likeness, MAX_PLACES, quantised, vectorOf } from './vector.ts';

const alike = (a: string, b: string): number => {
  const [left, right] = [offlineEmbedding(a), offlineEmbedding(b)];
  return left === null || right === null ? Number.NaN : likeness(left, right);
};

it('finds what is spelled alike closer than what is not, whatever case, order of clauses and small words', () => {
  expect(alike('How do I reset my password?', 'how can i reset the password')).toBeGreaterThan(0.85);
  expect(alike('How do I reset my password?', 'HOW DO I RESET MY PASSWORD')).toBeCloseTo(1, 5);
  expect(alike('How do I reset my password?', 'What is the weather in Paris?')).toBeLessThan(0.3);
});

it('knows no synonyms and takes a negation for a small change: what it is used for must know that', () => {
  expect(alike('cheap flights', 'inexpensive flights')).toBeLessThan(0.8);
  expect(alike('Is a refund possible?', 'Is no refund possible?')).toBeGreaterThan(0.7);
});

it('has no meaning for texts without words, and is the same every time', () => {
  for (const text of ['', '   ', '?!…', '🙂']) expect(offlineEmbedding(text)).toBeNull();
  expect(offlineEmbedding('日本の首都は')).not.toBeNull();
  expect(offlineEmbedding('one text')).toEqual(offlineEmbedding('one text'));
});

it('bounds its work and never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const vector = offlineEmbedding(text);
      if (vector === null) return;
      expect(vector.bytes).toHaveLength(MAX_PLACES);
      expect(likeness(vector, vector)).toBeCloseTo(1, 5);
    }),
  );
  const startedAt = performance.now();
  for (const bomb of ['a'.repeat(1_000_000), 'a '.repeat(500_000), '́'.repeat(1_000_000), "a'".repeat(500_000)])
    offlineEmbedding(bomb);
  expect(performance.now() - startedAt).toBeLessThan(2000);
});

it('keeps the cosine of a model’s vectors: as bytes to a hundredth, folded to about a fiftieth', () => {
  const random = (seed: number) => Array.from({ length: 3072 }, (_, at) => Math.sin(seed * 7919 + at * at * 0.37 + at));
  const exact = (a: readonly number[], b: readonly number[]): number => {
    const dot = (x: readonly number[], y: readonly number[]) =>
      x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  for (const places of [64, 512, 1536, 3072]) {
    const [base, other] = [random(1).slice(0, places), random(2)];
    for (const noise of [0.1, 0.3, 0.6]) {
      const near = base.map((value, at) => value + noise * (other[at] ?? 0));
      const [left, right] = [quantised(base), quantised(near)];
      if (left === null || right === null) throw new Error('a vector is missing');
      expect(left.bytes.length).toBe(Math.min(places, MAX_PLACES));
      expect(Math.abs(likeness(left, right) - exact(base, near))).toBeLessThan(places > MAX_PLACES ? 0.04 : 0.01);
    }
  }
  expect(quantised([0, 0])).toBeNull();
  expect(quantised([Number.NaN, 1])).toBeNull();
  expect(likeness(vectorOf(new Int8Array([1, 2])), vectorOf(new Int8Array([1, 2, 3])))).toBe(0);
});
