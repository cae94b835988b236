import { describe, expect, it } from 'vitest';
import type { Answer } from '../../neutral/answer.ts';
import { codec } from './codec.ts';

const { provider } = codec;
const read = (members: object, content: unknown[] = []): Answer =>
  provider!.readAnswer(JSON.stringify({ output: { message: { role: 'assistant', content } }, ...members })) as Answer;

describe('reading an answer of Converse', () => {
  it('reads thoughts, text, calls, cited text and pictures', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
      { reasoningContent: { reasoningText: { text: 'unsigned' } } },
      { reasoningContent: { redactedContent: 'cmVk' } },
      { text: 'hi' },
      { citationsContent: { content: [{ text: 'cited' }], citations: [] } },
      { toolUse: { toolUseId: 't', name: 'f', input: { a: 1 } } },
      { image: { format: 'png', source: { bytes: 'AA' } } },
      { guardContent: {} },
    ];
    const usage = { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 10 };
    const answer = read({ stopReason: 'tool_use', usage }, content);
    expect(answer.choices[0]).toEqual({
      blocks: [
        { kind: 'reasoning', text: 'Hm.', proof: { protocol: 'anthropic', value: 'sig' } },
        { kind: 'reasoning', text: 'unsigned' },
        { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'anthropic', value: 'cmVk' } },
        { kind: 'text', text: 'hi' },
        { kind: 'text', text: 'cited' },
        { kind: 'tool_call', id: 't', name: 'f', text: '{"a":1}' },
        { kind: 'image', mediaType: 'image/png', text: 'AA' },
        { kind: 'other', protocol: 'bedrock', raw: { guardContent: {} }, text: '' },
      ],
      finish: { reason: 'tool_calls', raw: 'tool_use' },
    });
    expect(answer.usage).toMatchObject({ inputTokens: 13, cachedInputTokens: 10, outputTokens: 2 });
  });

  it('keeps all digits of a call’s arguments', () => {
    const input = '{"n": 12345678901234567890}';
    const text = `{"output":{"message":{"content":[{"text":"a"},{"toolUse":{"toolUseId":"t","name":"f","input":${input}}}]}}}`;
    expect((provider!.readAnswer(text) as Answer).choices[0]?.blocks[1]).toMatchObject({ text: input });
  });

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['content_filtered', 'content_filter'],
    ['guardrail_intervened', 'content_filter'],
    ['malformed_tool_use', 'error'],
    ['malformed_model_output', 'error'],
    ['toString', 'stop'],
  ])('reads stop reason %s as %s', (stopReason, reason) => {
    expect(read({ stopReason }).choices[0]?.finish).toMatchObject({ reason, raw: stopReason });
  });

  it.each(['', '{', '[]', '{}', '{"output":{}}', '{"output":{"message":{"content":1}}}', '<html>'])(
    'finds none in %j',
    (text) => {
      expect(provider!.readAnswer(text)).toBeNull();
    },
  );

  it.each([
    [400, 'Input is too long for requested model.', 'context_window'],
    [400, 'Malformed input request', 'invalid_request'],
    [400, 'Your account quotas are exceeded.', 'quota'],
    [403, 'Missing Authentication Token', 'authentication'],
    [400, 'Your request exceeds the service quota for your account.', 'quota'],
    [403, 'The security token included in the request is expired', 'authentication'],
    [403, "You don't have access to the model with the specified model ID.", 'permission'],
    [404, 'Could not resolve the foundation model', 'not_found'],
    [429, 'Too many requests, please wait before trying again.', 'rate_limit'],
    [503, 'Bedrock is unable to process your request.', 'overloaded'],
  ])('understands an error of %i: %s', (status, message, kind) => {
    expect(provider!.readError(JSON.stringify({ message }), status)).toMatchObject({ kind, status, message });
  });

  it.each(['', '[]', '{}', '<html>'])('finds no error in %j', (text) => {
    expect(provider!.readError(text, 500)).toBeNull();
  });
});
