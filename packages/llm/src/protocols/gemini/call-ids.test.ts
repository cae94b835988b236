import { expect, it } from 'vitest';
import type { ClientCall } from '../../codec.ts';
import { FORMATS } from '../../providers/formats.ts';
import { codec } from './codec.ts';

const call = (body: Record<string, unknown>): ClientCall => ({
  protocol: 'gemini',
  text: JSON.stringify(body),
  body,
  model: 'ours',
  stream: false,
  wantsUsage: true,
});
const sent = (body: Record<string, unknown>, quirks = FORMATS.vertex.quirks ?? {}): unknown =>
  JSON.parse(codec.passing?.body(call(body), { model: 'gemini-3-pro', maxOutputTokens: null, quirks }) ?? '');

const named = { name: 'weather', args: { id: 'paris' } };
const conversation = {
  contents: [
    { role: 'user', parts: [{ text: 'Weather?' }] },
    {
      role: 'model',
      parts: [
        { functionCall: { id: 'call_1', ...named }, thoughtSignature: 's' },
        { function_call: { id: '2', name: 'n' } },
      ],
    },
    { role: 'user', parts: [{ functionResponse: { id: 'call_1', name: 'weather', response: { id: 7 } } }] },
  ],
  generationConfig: { seed: 1 },
};

it('ids of calls, which AI Studio’s clients send, do not go on to Vertex AI, that refuses them', () => {
  expect(sent(conversation)).toEqual({
    contents: [
      { role: 'user', parts: [{ text: 'Weather?' }] },
      { role: 'model', parts: [{ functionCall: named, thoughtSignature: 's' }, { function_call: { name: 'n' } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'weather', response: { id: 7 } } }] },
    ],
    generationConfig: { seed: 1 },
  });
});

it('elsewhere they stay, and a body without them goes on byte for byte', () => {
  expect(sent(conversation, {})).toEqual(conversation);
  const spaced = { ...call({}), text: '{ "contents" : [ { "parts": [ { "text": "Hi" } ] } ] }' };
  const asked = { ...spaced, body: JSON.parse(spaced.text) as Record<string, unknown> };
  const target = { model: 'gemini-3-pro', maxOutputTokens: null, quirks: FORMATS.vertex.quirks ?? {} };
  expect(codec.passing?.body(asked, target)).toBe(spaced.text);
});
