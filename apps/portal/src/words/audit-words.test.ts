import { VERBS } from '@parley/services/registry';
import { expect, test } from 'vitest';
import { auditWords } from './audit-words.ts';

test('what every registered write verb of a tenant did can be said in words', () => {
  const wordless = VERBS.filter(({ spec }) => spec.kind === 'write' && !['public', 'person'].includes(spec.access))
    .map(({ spec }) => spec.name)
    .filter((name) => auditWords(name) === name);
  expect(wordless).toEqual([]);
});

test('an action without words is shown as it is', () => {
  expect(auditWords('comets.sight')).toBe('comets.sight');
  expect(auditWords('apis.create')).toBe('created the API');
});
