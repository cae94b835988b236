import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientError } from '../../codec.ts';
import type { Answer, FinishReason } from '../../neutral/answer.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import { codec } from './codec.ts';

const { client, provider } = codec;
const ADDRESS = { model: '', stream: false, query: '' };

const view: AnswerView = {
  call: { protocol: 'anthropic', text: '{}', body: {}, model: 'ours', stream: false, wantsUsage: true },
  model: 'ours',
  id: 'r1',
  createdS: 7,
};
const usage = {
  inputTokens: 100,
  cachedInputTokens: 30,
  cacheWriteInputTokens: 20,
  cacheWrite1hInputTokens: 5,
  outputTokens: 9,
  reasoningTokens: 4,
};
const answer = (members: Partial<Answer['choices'][number]> = {}): Answer => ({
  id: 'chatcmpl-1',
  model: 'theirs',
  choices: [{ blocks: [{ kind: 'text', text: 'hi' }], finish: { reason: 'stop' }, ...members }],
  usage,
});
const write = (members: Partial<Answer['choices'][number]> = {}) =>
  JSON.parse(client!.writeAnswer(answer(members), view));
const read = (members: object) =>
  provider!.readAnswer(
    JSON.stringify({ id: 'msg_1', type: 'message', model: 'claude', content: [], ...members }),
  ) as Answer;

describe('usage', () => {
  it('is written with every token in one member only', () => {
    expect(write().usage).toEqual({
      input_tokens: 50,
      cache_read_input_tokens: 30,
      cache_creation_input_tokens: 20,
      cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 4 },
    });
  });

  it('is read with the cached tokens as part of the input, and comes back the same', () => {
    expect(read({ usage: write().usage }).usage).toEqual(usage);
  });

  it.each([
    [{}, 0, 0],
    [{ input_tokens: 3, cache_read_input_tokens: null }, 3, 0],
    [{ input_tokens: -4, cache_creation_input_tokens: 'x' }, 0, 0],
    [{ input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 } }, 6, 5],
  ])('is read from %j', (given, inputTokens, cacheWriteInputTokens) => {
    expect(read({ usage: given }).usage).toMatchObject({ inputTokens, cacheWriteInputTokens });
  });

  it('is not there where the provider told none', () => {
    expect(read({}).usage).toBeNull();
  });
});

describe('a whole answer', () => {
  it('is written with thoughts, text, calls and their proofs', () => {
    const message = write({
      blocks: [
        { kind: 'reasoning', text: 'Hm.', proof: { protocol: 'anthropic', value: 'sig' } },
        { kind: 'reasoning', text: 'Other.', proof: { protocol: 'openai_responses', value: 'enc' } },
        { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'anthropic', value: 'red' } },
        { kind: 'text', text: 'Hello' },
        { kind: 'tool_call', id: 'call 1', name: 'f', text: '{"a":1}', proof: { protocol: 'gemini', value: 'g' } },
        { kind: 'tool_call', id: 'c2', name: 'g', text: '' },
      ],
      finish: { reason: 'stop' },
    });
    expect(message).toMatchObject({
      id: 'msg_r1',
      type: 'message',
      role: 'assistant',
      model: 'ours',
      stop_reason: 'tool_use',
    });
    expect(message.content).toEqual([
      { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
      { type: 'thinking', thinking: 'Other.', signature: 'parley.openai_responses.enc' },
      { type: 'redacted_thinking', data: 'red' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', id: expect.stringMatching(/^[a-zA-Z0-9_-]+$/), name: 'f', input: { a: 1 } },
      { type: 'redacted_thinking', data: 'parley-call.parley.gemini.g' },
      { type: 'tool_use', id: 'c2', name: 'g', input: {} },
    ]);
  });

  it('gives proofs of other makers back to where they came from', () => {
    const { content } = write({
      blocks: [
        { kind: 'reasoning', text: 'Other.', proof: { protocol: 'openai_responses', value: 'enc' } },
        { kind: 'tool_call', id: 'c1', name: 'f', text: '{}', proof: { protocol: 'gemini', value: 'g' } },
      ],
    });
    const envelope = client!.envelope(
      JSON.stringify({ model: 'm', messages: [{ role: 'assistant', content }] }),
      ADDRESS,
    );
    expect(client!.read(envelope as never)).toMatchObject({
      turns: [
        {
          parts: [
            { kind: 'reasoning', text: 'Other.', proof: { protocol: 'openai_responses', value: 'enc' } },
            { kind: 'tool_call', id: 'c1', proof: { protocol: 'gemini', value: 'g' } },
          ],
        },
      ],
    });
  });

  it('keeps digits of arguments, and wraps those that were cut', () => {
    const blocks = [
      { kind: 'tool_call', id: 'a', name: 'f', text: '{"n":12345678901234567890}' },
      { kind: 'tool_call', id: 'b', name: 'f', text: '{"n":1' },
    ] as const;
    const text = client!.writeAnswer(answer({ blocks: blocks.map((block) => ({ ...block })) }), view);
    expect(text).toContain('"input":{"n":12345678901234567890}');
    expect(text).toContain('"input":{"INVALID_JSON":"{\\"n\\":1"}');
    expect((provider!.readAnswer(text) as Answer).choices[0]?.blocks[0]).toMatchObject({
      text: '{"n":12345678901234567890}',
    });
  });

  it.each([
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause'],
    ['model_context_window_exceeded', 'length'],
    ['constructor', 'stop'],
  ])('reads stop reason %s as %s', (raw, reason) => {
    expect(read({ stop_reason: raw }).choices[0]?.finish).toMatchObject({ reason, raw });
  });

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['refusal', 'refusal'],
    ['pause', 'pause_turn'],
    ['error', 'end_turn'],
  ] as [FinishReason, string][])('writes finish %s as %s', (reason, stop_reason) => {
    expect(write({ finish: { reason } })).toMatchObject({ stop_reason, stop_sequence: null });
  });

  it('says which stop sequence was met', () => {
    expect(read({ stop_reason: 'stop_sequence', stop_sequence: 'END' }).choices[0]?.finish).toMatchObject({
      stopSequence: 'END',
    });
    expect(write({ finish: { reason: 'stop', stopSequence: 'END' } })).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    });
  });

  it('turns the tool that stands for the answer back into its text', () => {
    const content = [{ type: 'tool_use', id: 't', name: OUTPUT_TOOL, input: { city: 'Oslo' } }];
    expect(read({ content, stop_reason: 'tool_use' }).choices[0]).toEqual({
      blocks: [{ kind: 'text', text: '{"city":"Oslo"}' }],
      finish: { reason: 'stop', raw: 'tool_use' },
    });
    const withOther = [...content, { type: 'tool_use', id: 'u', name: 'f', input: {} }];
    expect(read({ content: withOther, stop_reason: 'tool_use' }).choices[0]?.finish?.reason).toBe('tool_calls');
  });

  it.each(['', '{', 'null', '[]', '<html>', '{"content":"x"}', '{"type":"message"}'])('is not found in %j', (text) => {
    expect(provider!.readAnswer(text)).toBeNull();
    expect(codec.passing!.answer(text, view)).toBeNull();
  });

  it('is an error where a 200 holds one', () => {
    const text = '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}';
    const expected = { kind: 'overloaded', status: 529, message: 'busy', type: 'overloaded_error' };
    expect(provider!.readAnswer(text)).toMatchObject(expected);
    expect(codec.passing!.answer(text, view)).toMatchObject(expected);
  });

  it('passes with nothing changed but the model’s name', () => {
    const text =
      '{ "id":"msg_1", "model":"theirs","content":[{"type":"text","text":"a"}], "n": 1.0,"usage":{"output_tokens":3}}';
    const passed = codec.passing!.answer(text, view);
    expect(passed).toMatchObject({
      text: text.replace('theirs', 'ours'),
      providerModel: 'theirs',
      usage: { outputTokens: 3 },
    });
  });
});

describe('errors', () => {
  const error: ClientError = {
    status: 429,
    message: 'slow',
    code: 'rate_limited',
    param: null,
    type: null,
    requestId: 'r1',
    docUrl: null,
    retryAfterSeconds: 1,
  };

  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [502, 'api_error'],
    [503, 'overloaded_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('of status %i is a %s', (status, type) => {
    expect(JSON.parse(client!.errorBody({ ...error, status }))).toEqual({
      type: 'error',
      error: { type, message: 'slow', code: 'rate_limited' },
      request_id: 'r1',
    });
  });

  it.each([
    [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'context_window'],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.', 'quota'],
    [400, 'invalid_request_error', 'messages: at least one message is required', 'invalid_request'],
    [401, 'authentication_error', 'invalid x-api-key', 'authentication'],
    [429, 'rate_limit_error', 'This request would exceed your rate limit', 'rate_limit'],
    [529, 'overloaded_error', 'Overloaded', 'overloaded'],
  ])('of a provider (%i, %s: %s) is understood as %s', (status, type, message, kind) => {
    const body = JSON.stringify({ type: 'error', error: { type, message } });
    expect(provider!.readError(body, status)).toMatchObject({ kind, status, type, message });
  });

  it.each(['', '[]', '{}', '<html>', '{"error":null}'])('is not found in %j', (text) => {
    expect(provider!.readError(text, 500)).toBeNull();
  });
});
