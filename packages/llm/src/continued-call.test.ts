import { describe, expect, it } from 'vitest';
import type { ClientCall, Target } from './codec.ts';
import { asksForText, continuedCall, takesPrefill } from './continued-call.ts';
import type { Protocol } from './neutral/call.ts';

function callOf(protocol: Protocol, text: string): ClientCall {
  const body = JSON.parse(text) as Record<string, unknown>;
  return { protocol, text, body, model: 'smart', stream: true, wantsUsage: false };
}

const target = (model: string): Target => ({ model, maxOutputTokens: null, quirks: {} });

describe('a call that goes on with an answer', () => {
  it('ends with the answer so far and a turn that asks for more; every other byte stays', () => {
    const call = callOf('openai_chat', '{"seed":12345678901234567890, "messages":[{"role":"user","content":"Hi"}]}');
    const text = continuedCall(call, 'Hel', false)?.text ?? '';
    expect(text.startsWith('{"seed":12345678901234567890, "messages":[{"role":"user","content":"Hi"},')).toBe(true);
    const { messages } = JSON.parse(text) as { messages: { role: string; content: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[1]?.content).toBe('Hel');
  });

  it('ends with the answer so far where the model goes on from there, without the spaces it would be refused for', () => {
    const call = callOf('anthropic', '{"max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}');
    const continued = continuedCall(call, 'Hello, \n', true);
    expect(continued?.body['messages']).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello,' },
    ]);
    expect(continued?.body['max_tokens']).toBeLessThan(100);
  });

  it('is written in every client protocol', () => {
    const responses = continuedCall(callOf('openai_responses', '{"input":"Hi","max_output_tokens":20}'), 'Hel', false);
    expect(responses?.body).toMatchObject({
      input: [
        { role: 'user' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Hel' }] },
        { role: 'user' },
      ],
      max_output_tokens: 19,
    });
    const gemini = continuedCall(
      callOf(
        'gemini',
        '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":17}}',
      ),
      'Hel',
      false,
    );
    expect(gemini?.body).toMatchObject({
      contents: [{ role: 'user' }, { role: 'model', parts: [{ text: 'Hel' }] }, { role: 'user' }],
      generationConfig: { maxOutputTokens: 16 },
    });
    expect(continuedCall(callOf('cohere', '{"messages":[]}'), 'Hel', false)).toBeNull();
    expect(continuedCall(callOf('openai_chat', '{}'), 'Hel', false)).toBeNull();
  });

  it('is put into the mouth of Claude until 4.6 only, and not of one that thinks', () => {
    const plain = callOf('openai_chat', '{"model":"m","messages":[{"role":"user","content":"Hi"}]}');
    const thinks = callOf(
      'openai_chat',
      '{"model":"m","reasoning_effort":"high","messages":[{"role":"user","content":"Hi"}]}',
    );
    expect(takesPrefill('anthropic', target('claude-sonnet-4-5'), plain)).toBe(true);
    expect(takesPrefill('bedrock', target('anthropic.claude-3-5-sonnet-20241022-v2:0'), plain)).toBe(true);
    expect(takesPrefill('anthropic', target('claude-sonnet-4-6'), plain)).toBe(false);
    expect(takesPrefill('bedrock', target('amazon.nova-pro-v1:0'), plain)).toBe(false);
    expect(takesPrefill('anthropic', target('claude-sonnet-4-5'), thinks)).toBe(false);
    expect(takesPrefill('openai_chat', target('claude-sonnet-4-5'), plain)).toBe(false);
  });

  it('is none for an answer in a given form, for several, or with probabilities', () => {
    const ask = (more: string) =>
      asksForText(callOf('openai_chat', `{"model":"m","messages":[{"role":"user","content":"Hi"}]${more}}`));
    expect(ask('')).toBe(true);
    expect(ask(',"response_format":{"type":"json_object"}')).toBe(false);
    expect(ask(',"n":2')).toBe(false);
    expect(ask(',"logprobs":true')).toBe(false);
  });
});
