import { expect, it } from 'vitest';
import { bodyProblem, trialCall } from './trial-call.ts';

const draft = { name: 'smart', text: 'Hi', more: '', headers: '' };

it('makes a chat of one turn, with what else its body and headers are to hold', () => {
  const call = trialCall('llm', { ...draft, more: '{"user":"vip"}', headers: 'x-tier: gold: 1\n' });
  expect(JSON.parse(call.body)).toEqual({
    model: 'smart',
    messages: [{ role: 'user', content: 'Hi' }],
    user: 'vip',
  });
  expect(call.path).toBe('/chat/completions');
  expect(call.headers.at(-1)).toEqual({ name: 'x-tier', value: 'gold: 1' });
});

it('sends a prompt its variables only', () => {
  const call = trialCall('prompt', { ...draft, more: '{"text":"a"}' });
  expect([call.path, call.body]).toEqual(['/', '{"text":"a"}']);
});

it.each([
  ['', null],
  ['{"a":1}', null],
  ['[1]', 'Write a JSON object: { … }.'],
  ['{', 'This is no JSON yet.'],
])('says of the JSON %j: %s', (more, problem) => expect(bodyProblem({ ...draft, more })).toBe(problem));
