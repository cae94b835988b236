import { describe, expect, it } from 'vitest';
import type { AnswerView } from '../../codec.ts';
import { estimateInputTokens } from '../../estimate.ts';
import { isProviderError } from '../../translate.ts';
import { toPassedAnswer } from './completion.ts';
import { openAiErrorType, readError } from './errors.ts';
import { readUsage } from './usage.ts';

const view = (model: string): AnswerView => ({
  call: { protocol: 'openai_chat', text: '', body: {}, model, stream: false, wantsUsage: false },
  model,
  id: 'r1',
  createdS: 9,
});

function passed(text: string, model = 'ours') {
  const answer = toPassedAnswer(text, view(model));
  if (answer === null || isProviderError(answer)) throw new Error('no answer');
  return answer;
}

const answer = (message: object, more: object = {}): string =>
  JSON.stringify({ id: 'x', model: 'theirs', choices: [{ index: 0, message, finish_reason: 'stop' }], ...more });

describe('toPassedAnswer', () => {
  it.each(['', '<html>', '[]', '{}', '{"choices":{}}'])('is none for %s', (text) => {
    expect(toPassedAnswer(text, view('ours'))).toBeNull();
  });

  it('is a failure where a 200 holds an error', () => {
    const read = toPassedAnswer(
      '{"error":{"message":"x","code":"context_length_exceeded"},"choices":[]}',
      view('ours'),
    );
    expect(read).toMatchObject({ status: 502, message: 'x' });
  });

  it('keeps every byte but the model’s name', () => {
    const text = '{"choices":[{"message":{"content":"\\u00e9 \\"model\\":\\"theirs\\""}}], "model" : "theirs","n":1.0}';
    expect(passed(text).text).toBe(text.replace('"model" : "theirs"', '"model" : "ours"'));
    expect(passed(text, 'theirs').text).toBe(text);
  });

  it('gathers text, refusal, reasoning and tool calls for an estimate', () => {
    const message = {
      content: 'a',
      refusal: 'b',
      reasoning_content: 'c',
      tool_calls: [{ function: { name: 'd', arguments: '{"e":1}' } }],
    };
    expect(passed(answer(message)).output().split('\n')).toEqual(['a', 'b', 'c', 'd', '{"e":1}']);
    expect(passed(answer(message)).finishReason).toBe('stop');
  });
});

describe('usage', () => {
  it('is read with its details, kept in bounds', () => {
    expect(
      readUsage({
        prompt_tokens: 10,
        completion_tokens: 4,
        prompt_tokens_details: { cached_tokens: 99 },
        completion_tokens_details: { reasoning_tokens: 3 },
      }),
    ).toEqual({
      inputTokens: 10,
      cachedInputTokens: 10,
      cacheWriteInputTokens: 0,
      cacheWrite1hInputTokens: 0,
      outputTokens: 4,
      reasoningTokens: 3,
    });
  });

  it.each([[null], [undefined], [{}], [[]], ['x'], [{ total_tokens: 5 }]])('is none for %j', (usage) => {
    expect(readUsage(usage)).toBeNull();
  });

  it.each([-5, Number.NaN, '7', null, 1.5])('takes the odd count %s for nothing worse than a whole number', (count) => {
    const usage = readUsage({ prompt_tokens: count, completion_tokens: 1 });
    expect(usage?.inputTokens).toBe(count === 1.5 ? 1 : 0);
  });

  it('is estimated from messages and tools, images by their size', () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(10_000)}` } };
    const text = estimateInputTokens({ messages: [{ role: 'user', content: 'Hello there' }] });
    const withImage = estimateInputTokens({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }, image] }],
    });
    expect(text).toBeGreaterThan(5);
    expect(withImage - text).toBeGreaterThanOrEqual(64);
    expect(withImage - text).toBeLessThan(74);
    expect(estimateInputTokens({ messages: 'nonsense' })).toBeLessThan(6);
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(estimateInputTokens({ messages: [deep], tools: deep })).toBe(6);
  });
});

describe('errors of a provider', () => {
  it('are read in the forms servers use', () => {
    expect(readError('{"error":{"message":"m","type":"t","param":"p","code":"c","x":1}}', 400)).toEqual({
      kind: 'invalid_request',
      status: 400,
      message: 'm',
      type: 't',
      param: 'p',
      code: 'c',
    });
    expect(readError('{"error":"plain"}', 422)).toMatchObject({ message: 'plain', type: 'invalid_request_error' });
    expect(readError('{"message":"top","object":"error"}', 400)).toMatchObject({ message: 'top' });
    for (const text of ['', '<html>', '[]', '{"detail":1}']) expect(readError(text, 400)).toBeNull();
  });

  it.each([
    [400, '{"error":{"message":"x","code":"context_length_exceeded"}}', 'context_window'],
    [400, '{"error":{"message":"This model\'s maximum context length is 5 tokens"}}', 'context_window'],
    [400, '{"error":{"message":"x","code":"content_filter"}}', 'content_policy'],
    [429, '{"error":{"message":"x","code":"insufficient_quota"}}', 'quota'],
    [429, '{"error":{"message":"slow down"}}', 'rate_limit'],
    [503, '{"error":{"message":"x"}}', 'overloaded'],
  ])('are understood: %i %s', (status, text, kind) => {
    expect(readError(text, status)?.kind).toBe(kind);
  });

  it('have the type OpenAI uses with a status', () => {
    expect([400, 401, 403, 404, 429, 502].map(openAiErrorType)).toEqual([
      'invalid_request_error',
      'authentication_error',
      'permission_error',
      'not_found_error',
      'rate_limit_error',
      'api_error',
    ]);
  });
});
