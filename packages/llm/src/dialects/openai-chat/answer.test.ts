import { describe, expect, it } from 'vitest';
import { completionText, firstChoice, readCompletion, toClientBody } from './completion.ts';
import { cleanError, openAiErrorType, readOpenAiError } from './errors.ts';
import { estimateInputTokens, readUsage } from './usage.ts';

const answer = (message: object, more: object = {}): string =>
  JSON.stringify({ id: 'x', model: 'theirs', choices: [{ index: 0, message, finish_reason: 'stop' }], ...more });

describe('readCompletion', () => {
  it.each(['', '<html>', '[]', '{}', '{"error":{"message":"x"},"choices":[]}', '{"choices":{}}'])(
    'is none for %s',
    (text) => {
      expect(readCompletion(text)).toBeNull();
    },
  );

  it('keeps every byte but the model’s name', () => {
    const text = '{"choices":[{"message":{"content":"\\u00e9 \\"model\\":\\"theirs\\""}}], "model" : "theirs","n":1.0}';
    const completion = readCompletion(text);
    if (!completion) throw new Error('no completion');
    expect(toClientBody(completion, 'ours')).toBe(text.replace('"model" : "theirs"', '"model" : "ours"'));
    expect(toClientBody(completion, 'theirs')).toBe(text);
  });

  it('gathers text, refusal, reasoning and tool calls for an estimate', () => {
    const message = {
      content: 'a',
      refusal: 'b',
      reasoning_content: 'c',
      tool_calls: [{ function: { name: 'd', arguments: '{"e":1}' } }],
    };
    const completion = readCompletion(answer(message));
    if (!completion) throw new Error('no completion');
    expect(completionText(completion).split('\n')).toEqual(['a', 'b', 'c', 'd', '{"e":1}']);
    expect(firstChoice(completion)).toEqual({ content: 'a', finishReason: 'stop' });
  });

  it('has no first choice to show where there is none', () => {
    const completion = readCompletion('{"choices":[]}');
    if (!completion) throw new Error('no completion');
    expect(firstChoice(completion)).toEqual({ content: null, finishReason: null });
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
    ).toEqual({ inputTokens: 10, cachedInputTokens: 10, outputTokens: 4, reasoningTokens: 3 });
  });

  it.each([[null], [undefined], [{}], [[]], ['x'], [{ total_tokens: 5 }]])('is none for %j', (usage) => {
    expect(readUsage(usage)).toBeNull();
  });

  it.each([-5, Number.NaN, '7', null, 1.5])('takes the odd count %s for nothing worse than a whole number', (count) => {
    const usage = readUsage({ prompt_tokens: count, completion_tokens: 1 });
    expect(usage?.inputTokens).toBe(count === 1.5 ? 1 : 0);
  });

  it('is estimated from messages and tools, images left out', () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(10_000)}` } };
    const text = estimateInputTokens({ messages: [{ role: 'user', content: 'Hello there' }] });
    const withImage = estimateInputTokens({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }, image] }],
    });
    expect(text).toBeGreaterThan(5);
    expect(withImage - text).toBeLessThan(10);
    expect(estimateInputTokens({ messages: 'nonsense' })).toBe(3);
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(estimateInputTokens({ messages: [deep], tools: deep })).toBe(6);
  });
});

describe('errors of a provider', () => {
  it('are read in the forms servers use', () => {
    expect(readOpenAiError('{"error":{"message":"m","type":"t","param":"p","code":"c","x":1}}', 400)).toEqual({
      message: 'm',
      type: 't',
      param: 'p',
      code: 'c',
    });
    expect(readOpenAiError('{"error":"plain"}', 422)).toMatchObject({
      message: 'plain',
      type: 'invalid_request_error',
    });
    expect(readOpenAiError('{"message":"top","object":"error"}', 400)).toMatchObject({ message: 'top' });
    for (const text of ['', '<html>', '[]', '{"detail":1}']) expect(readOpenAiError(text, 400)).toBeNull();
  });

  it('are cleaned of keys, whole or hinted at', () => {
    const error = { message: 'key abc123 (sk-pr***4242) for real-x', type: 't', param: null, code: null };
    expect(
      cleanError(error, [
        ['abc123', '[redacted]'],
        ['real-x', 'x'],
        ['', 'y'],
      ]).message,
    ).toBe('key [redacted] ([redacted]) for x');
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
