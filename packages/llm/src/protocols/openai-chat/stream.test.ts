import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientError, Target } from '../../codec.ts';
import { ChatStream } from './stream.ts';

const TARGET: Target = { model: 'theirs', maxOutputTokens: null, quirks: {} };
const view = (wantsUsage: boolean): AnswerView => ({
  call: { protocol: 'openai_chat', text: '', body: {}, model: 'ours', stream: true, wantsUsage },
  model: 'ours',
  id: 'r1',
  createdS: 9,
});
const CUT: ClientError = {
  status: 502,
  message: 'cut',
  code: 'upstream_cut',
  param: null,
  type: null,
  requestId: 'r1',
  docUrl: null,
  retryAfterSeconds: null,
};

type Part = Record<string, unknown>;
const chunk = (part: Part = {}): Part => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 7,
  model: 'theirs',
  choices: [],
  ...part,
});
const delta = (part: Part, more: Part = {}): Part =>
  chunk({ choices: [{ index: 0, delta: part, finish_reason: null }], ...more });
const sse = (parts: readonly (Part | string)[]): Buffer =>
  Buffer.from(parts.map((part) => `data: ${typeof part === 'string' ? part : JSON.stringify(part)}\n\n`).join(''));

function relay(bytes: readonly Buffer[], stripUsage = true) {
  const stream = new ChatStream(view(!stripUsage), TARGET);
  let out = '';
  for (const piece of bytes) out += stream.feed(piece);
  out += stream.end();
  return {
    stream,
    out,
    events: out
      .split('\n\n')
      .filter((event) => event.startsWith('data: '))
      .map((event) => JSON.parse(event.slice(6))),
  };
}

const anyChunk = fc.oneof(
  fc.string().map((content) => delta({ content })),
  fc.constant(delta({ role: 'assistant', content: '' })),
  fc.string().map((text) => delta({ tool_calls: [{ index: 2, id: 'x', function: { name: 'f', arguments: text } }] })),
  fc.nat(99).map((n) => delta({ content: 'é' }, { usage: { prompt_tokens: n, completion_tokens: n } })),
  fc.constant(delta({ content: '😀' }, { usage: null })),
  fc.nat(99).map((n) => chunk({ usage: { prompt_tokens: n, completion_tokens: 1 } })),
);

describe('ChatStream', () => {
  it('says and notes the same for any chunking', () => {
    fc.assert(
      fc.property(
        fc.array(anyChunk, { minLength: 1 }),
        fc.array(fc.nat(5000)),
        fc.boolean(),
        (parts, places, strip) => {
          const bytes = sse([...parts, '[DONE]']);
          const cuts = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
          const pieces = [...cuts, bytes.length].map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end));
          const [whole, split] = [relay([bytes], strip), relay(pieces, strip)];
          expect(split.out).toBe(whole.out);
          expect(split.stream.usage).toEqual(whole.stream.usage);
          expect(split.stream.output()).toEqual(whole.stream.output());
          expect([split.stream.state, whole.stream.state]).toEqual(['done', 'done']);
        },
      ),
    );
  });

  it('changes nothing but the model’s name, and usage when that is not wanted', () => {
    fc.assert(
      fc.property(fc.array(anyChunk), fc.boolean(), (parts, strip) => {
        const expected = parts
          .filter((part) => !strip || !part.usage || (part.choices as unknown[]).length > 0)
          .map((part) => {
            const { usage, ...rest } = part;
            return { ...rest, ...(strip || usage === undefined ? {} : { usage }), model: 'ours' };
          });
        expect(relay([sse(parts)], strip).events).toEqual(expected);
      }),
    );
  });

  it('takes the last usage it was told, and never adds up', () => {
    const parts = [1, 5, 9].map((n) => chunk({ usage: { prompt_tokens: 3, completion_tokens: n } }));
    expect(relay([sse(parts)]).stream.usage).toMatchObject({ inputTokens: 3, outputTokens: 9 });
  });

  it('keeps usage of a chunk that also has choices', () => {
    const { stream, events } = relay([
      sse([delta({ content: 'a' }, { usage: { prompt_tokens: 1, completion_tokens: 2 } })]),
    ]);
    expect(stream.usage).toMatchObject({ outputTokens: 2 });
    expect(events).toEqual([{ ...delta({ content: 'a' }), model: 'ours' }]);
  });

  it('passes comments on and never `[DONE]`', () => {
    const stream = new ChatStream(view(false), TARGET);
    const text = `: wait\n\n${sse([delta({ content: 'a' }, { model: 'ours' })]).toString()}data: [DONE]\n\n: after\n\n`;
    expect(stream.feed(Buffer.from(text))).toBe(text.slice(0, text.indexOf('data: [DONE]')));
    expect(stream.state).toBe('done');
    expect(stream.ending()).toBe('data: [DONE]\n\n');
  });

  it.each(['{"error":{"message":"x"}}', '{oops', '[]', '"text"', 'null'])(
    'fails on %s and relays nothing after it',
    (bad) => {
      const { stream, events } = relay([sse([delta({ content: 'a' }), bad, delta({ content: 'b' })])]);
      expect(stream.state).toBe('failed');
      expect(events).toHaveLength(1);
    },
  );

  it('ends an error chunk in the form of the chunks before it', () => {
    const { stream } = relay([sse([delta({ content: 'a' })])]);
    const text = stream.broken(CUT);
    expect(JSON.parse(text.slice(6))).toMatchObject({
      id: 'c1',
      created: 7,
      model: 'ours',
      choices: [{ finish_reason: 'error' }],
      error: { message: 'cut', type: 'api_error', code: 'upstream_cut', request_id: 'r1' },
    });
    const empty = new ChatStream(view(false), TARGET);
    const first = empty.broken(CUT);
    expect(JSON.parse(first.slice(6))).toMatchObject({ id: 'chatcmpl-r1', created: 9 });
  });

  it('keeps a bounded share of the text for an estimate and counts the rest', () => {
    const { stream } = relay([sse(Array.from({ length: 5 }, () => delta({ content: 'x'.repeat(400_000) })))]);
    const { text, droppedChars } = stream.output();
    expect(text.length).toBeLessThanOrEqual(1_048_576);
    expect(text.length + droppedChars).toBe(2_000_000);
  });

  it('takes no `[DONE]` without an answer for an answer', () => {
    expect(relay([sse(['[DONE]'])]).stream.state).toBe('failed');
  });

  it('is complete without `[DONE]` only where the provider is known to send none', () => {
    const last = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    expect(relay([sse([delta({ content: 'a' }), last])]).stream.state).toBe('open');
    const stream = new ChatStream(view(false), { ...TARGET, quirks: { done: false } });
    stream.feed(sse([delta({ content: 'a' })]));
    stream.end();
    expect(stream.state).toBe('open');
    const whole = new ChatStream(view(false), { ...TARGET, quirks: { done: false } });
    whole.feed(sse([delta({ content: 'a' }), last]));
    whole.end();
    expect(whole.state).toBe('done');
  });
});
