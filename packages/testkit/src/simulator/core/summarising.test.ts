import { expect, it } from 'vitest';
import { memory } from './summarising.ts';

const asked = (said: string, words: number, before = ''): string =>
  `${before}BEGIN CONVERSATION m1\n${said}\nEND CONVERSATION m1\n\nWrite the new memory in at most ${words} words.`;

it('picks the sentences that tell most, in their order, says that it only picks, and answers no other text', () => {
  const said =
    'turn 1, user: Well then. The code of the shed is 4417. Well then.\nturn 2, assistant: Well then, noted for Ada Lovelace.';
  const lines = (memory(asked(said, 24)) ?? '').split('\n');
  expect(lines[0]).toBe('[simulated by Parley: sentences picked from what was said, not understood]');
  expect(lines).toContain('The code of the shed is 4417.');
  expect(lines.join(' ').split(/\s+/).length).toBeLessThanOrEqual(24);
  expect(memory('Please summarise this: it rains.')).toBeNull();
});

it('keeps what the memory before held, and its own mark once', () => {
  const before =
    'BEGIN MEMORY m1\n[simulated by Parley: sentences picked from what was said, not understood]\nThe gate is C19.\nEND MEMORY m1\n\n';
  const made = memory(asked('turn 3, user: Thanks.', 60, before)) ?? '';
  expect(made).toContain('The gate is C19.');
  expect(made.split('simulated by Parley')).toHaveLength(2);
});
