import { expect, it } from 'vitest';
import { streamedText } from './streamed-text.ts';

const sse = (...events: readonly (readonly [name: string, data: unknown])[]): string =>
  events.map(([name, data]) => `${name ? `event: ${name}\n` : ''}data: ${JSON.stringify(data)}\n\n`).join('');

it.each<[string, string, string]>([
  [
    'OpenAI Chat Completions',
    `${sse(
      ['', { choices: [{ delta: { role: 'assistant', content: '' } }] }],
      ['', { choices: [{ delta: { reasoning_content: 'Hm. ' } }] }],
      ['', { choices: [{ delta: { content: 'My mail is a@' } }] }],
      ['', { choices: [{ delta: { content: 'b.example' } }] }],
      ['', { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] } }] }],
      ['', { choices: [], usage: { prompt_tokens: 1 } }],
    )}data: [DONE]\n\n`,
    'Hm. My mail is a@b.example{"x":1}',
  ],
  [
    'OpenAI Responses',
    sse(
      ['response.output_text.delta', { type: 'response.output_text.delta', delta: 'One ' }],
      ['response.output_text.delta', { type: 'response.output_text.delta', delta: 'two' }],
      ['response.output_text.done', { type: 'response.output_text.done', text: 'One two' }],
    ),
    'One two',
  ],
  [
    'Anthropic',
    sse(
      ['content_block_delta', { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'So: ' } }],
      ['content_block_delta', { type: 'content_block_delta', delta: { type: 'text_delta', text: 'yes' } }],
      ['content_block_delta', { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{}' } }],
      ['message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn' } }],
    ),
    'So: yes{}',
  ],
  ['Gemini', sse(['', { candidates: [{ content: { parts: [{ text: 'a' }, { text: 'b' }] } }] }]), 'ab'],
  ['Cohere', sse(['content-delta', { delta: { message: { content: { text: 'c' } } } }]), 'c'],
  ['a prompt endpoint', sse(['delta', { text: 'p' }], ['delta', { text: 'q' }], ['done', { output: 'pq' }]), 'pq'],
])('joins what %s streams', (_, stream, text) => {
  expect(streamedText(stream)).toBe(text);
});

it('tells errors, bears what is no event, and leaves a text that is no stream alone', () => {
  const cut = `${sse(['', { choices: [{ delta: { content: 'Ye' } }] }], ['', { error: { message: 'cut' } }])}data: {"cho`;
  expect(streamedText(cut)).toBe('Ye\n{"error":{"message":"cut"}}\n');
  expect(streamedText('{"a":1}')).toBe('{"a":1}');
  expect(streamedText('data: [1]\n\ndata: null\n\n')).toBe('');
});
