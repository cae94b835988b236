import { describe, expect, it } from 'vitest';
import type { ClientCall, Target } from './codec.ts';
import type { Protocol } from './neutral/call.ts';
import { leastOutputBound, outputBound, withOutputBound } from './output-bound.ts';

function call(protocol: Protocol, text: string): ClientCall {
  return { protocol, text, body: JSON.parse(text), model: 'm', stream: false, wantsUsage: true };
}

const TARGET: Target = { model: 'some-model', maxOutputTokens: null, quirks: {} };
const bounded = (protocol: Protocol, text: string, target = TARGET) =>
  withOutputBound(call(protocol, text), target, 50)?.text;

describe('a smaller bound for an answer', () => {
  it('takes the place of the one given, and leaves every other byte', () => {
    expect(bounded('anthropic', '{ "max_tokens":1e3, "x": 1.50 }')).toBe('{ "max_tokens":50, "x": 1.50 }');
    expect(bounded('openai_responses', '{"max_output_tokens": 900}')).toBe('{"max_output_tokens": 50}');
    expect(bounded('openai_chat', '{"max_completion_tokens":9}')).toBe('{"max_completion_tokens":50}');
    expect(bounded('openai_chat', '{"max_tokens":9,"max_completion_tokens":8}')).toBe(
      '{"max_tokens":50,"max_completion_tokens":50}',
    );
    expect(bounded('gemini', '{"generationConfig":{"topK":3,"maxOutputTokens":7}}')).toBe(
      '{"generationConfig":{"topK":3,"maxOutputTokens":50}}',
    );
  });

  it('is added where none was given, by the name that the model takes', () => {
    expect(bounded('openai_chat', '{}')).toBe('{"max_tokens":50}');
    expect(bounded('openai_chat', '{}', { ...TARGET, model: 'gpt-5.2' })).toBe('{"max_completion_tokens":50}');
    expect(bounded('openai_chat', '{}', { ...TARGET, quirks: { maxTokensField: 'max_completion_tokens' } })).toBe(
      '{"max_completion_tokens":50}',
    );
    expect(bounded('openai_responses', '{}')).toBe('{"max_output_tokens":50}');
    expect(bounded('gemini', '{"contents":[]}')).toBe('{"contents":[],"generationConfig":{"maxOutputTokens":50}}');
  });

  it('is read back as it was put, in each client’s protocol', () => {
    for (const protocol of ['openai_chat', 'openai_responses', 'anthropic', 'gemini'] as const) {
      const made = withOutputBound(call(protocol, '{"n":2}'), TARGET, 50);
      expect(outputBound(made?.body ?? {}), protocol).toEqual({ tokens: 50, answers: 2 });
    }
  });

  it('is none where the protocol or the spelling has no place for it', () => {
    expect(bounded('cohere', '{}')).toBeUndefined();
    expect(bounded('gemini', '{"generation_config":{}}')).toBeUndefined();
  });

  it('leaves room for the thinking that is asked for, which providers insist on', () => {
    const thinking = '{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000}}';
    expect(leastOutputBound(call('anthropic', thinking))).toBe(2001);
    expect(leastOutputBound(call('openai_chat', '{"reasoning":{"max_tokens":100}}'))).toBe(101);
    expect(leastOutputBound(call('openai_chat', '{"thinking":7,"reasoning":null}'))).toBe(1);
  });
});
