import { expect, test } from 'vitest';
import { measure, readCorpus, readQuestions } from './measure.ts';

/** What docs/retrieval.md says, a little below, so that a change which finds less is noticed. */
const FLOORS = {
  lexical: { recallAt5: 0.61, ndcgAt10: 0.57 },
  vector: { recallAt5: 0.63, ndcgAt10: 0.55 },
  hybrid: { recallAt5: 0.64, ndcgAt10: 0.59 },
} as const;

test.each(['lexical', 'vector', 'hybrid'] as const)('finds as much as the documentation says: %s', (mode) => {
  const { questions, recallAt5, ndcgAt10 } = measure(
    mode,
    readQuestions().filter(({ set }) => set === 'test'),
  );
  expect(questions).toBe(69);
  expect(recallAt5).toBeGreaterThanOrEqual(FLOORS[mode].recallAt5);
  expect(ndcgAt10).toBeGreaterThanOrEqual(FLOORS[mode].ndcgAt10);
});

test('every question is about a section there is', () => {
  const names = new Set(readCorpus().map(({ name }) => name));
  expect(names.size).toBe(72);
  for (const { grades, question } of readQuestions()) {
    for (const name of grades.keys()) expect(names, question).toContain(name);
  }
});
