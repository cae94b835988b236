import { expect, test } from 'vitest';
import { answers, thinkingPieces } from './answer.ts';
import type { Conversation } from './conversation.ts';
import { countTokens } from './tokens.ts';

const conversation: Conversation = {
  model: 'sim-small',
  turns: [{ role: 'user', text: 'Tell me about tides' }],
  tools: [],
  toolChoice: 'auto',
  parallel: true,
  output: { type: 'text' },
  stop: [],
  thinkingTokens: 64,
  variation: [],
};

test('thinking has as many pieces as tokens are billed for it, and says that it is simulated', () => {
  const [answer] = answers(conversation);
  if (!answer) throw new Error('no answer');
  const pieces = thinkingPieces(conversation, answer);
  expect(pieces).toHaveLength(64);
  expect(pieces.join('')).toMatch(/^\[simulated by Parley\] /);
  expect(answer.completionTokens).toBe(64 + countTokens(answer.pieces.join('')));
});

test('parameters that are not set do not change the words, however many a format has', () => {
  const words = (variation: (number | null)[]) => answers({ ...conversation, variation })[0]?.pieces.join('');
  expect(words([null, null, null, null])).toBe(words([]));
  expect(words([null, 0.5, null])).toBe(words([null, 0.5]));
  expect(words([null, 0.5])).not.toBe(words([]));
});

test('the words do not depend on how much thinking came before them, on limits or on stop sequences', () => {
  const text = (rest: Partial<Conversation>) => answers({ ...conversation, ...rest })[0]?.pieces.join('') ?? '';
  const whole = text({});
  expect(text({ thinkingTokens: 0 })).toBe(whole);
  expect(whole.startsWith(text({ maxTokens: 80 }))).toBe(true);
  const stop = whole.split(' ').at(-2) ?? '';
  const [stopped] = answers({ ...conversation, stop: ['no such words', stop] });
  expect(stopped).toMatchObject({ finishReason: 'stop', stopSequence: stop });
  expect(stopped?.pieces.join('')).toBe(whole.slice(0, whole.indexOf(stop)));
});
