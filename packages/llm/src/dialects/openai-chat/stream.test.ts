import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChatStream, DONE } from './stream.ts';

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
  const stream = new ChatStream({ model: 'ours', stripUsage });
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
      fc.property(fc.array(anyChunk), fc.array(fc.nat(5000)), fc.boolean(), (parts, places, strip) => {
        const bytes = sse([...parts, '[DONE]']);
        const cuts = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
        const pieces = [...cuts, bytes.length].map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end));
        const [whole, split] = [relay([bytes], strip), relay(pieces, strip)];
        expect(split.out).toBe(whole.out);
        expect(split.stream.usage).toEqual(whole.stream.usage);
        expect(split.stream.output()).toEqual(whole.stream.output());
        expect(split.stream.takeContent()).toBe(whole.stream.takeContent());
        expect([split.stream.state, whole.stream.state]).toEqual(['done', 'done']);
      }),
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
    const stream = new ChatStream({ model: 'ours', stripUsage: true });
    expect(stream.feed(Buffer.from(': wait\n\ndata: [DONE]\n\n: after\n\n'))).toBe(': wait\n\n');
    expect(stream.state).toBe('done');
    expect(DONE).toBe('data: [DONE]\n\n');
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
    const text = stream.errorChunk({ message: 'cut', type: 'api_error', param: null, code: 'upstream_cut' }, 'r1', 0);
    expect(JSON.parse(text.slice(6))).toMatchObject({
      id: 'c1',
      created: 7,
      model: 'ours',
      choices: [{ finish_reason: 'error' }],
    });
    const empty = new ChatStream({ model: 'ours', stripUsage: true });
    const first = empty.errorChunk({ message: 'cut', type: 'api_error', param: null, code: null }, 'r1', 9000);
    expect(JSON.parse(first.slice(6))).toMatchObject({ id: 'chatcmpl-r1', created: 9 });
  });

  it('keeps a bounded share of the text for an estimate and counts the rest', () => {
    const { stream } = relay([sse(Array.from({ length: 5 }, () => delta({ content: 'x'.repeat(400_000) })))]);
    const { text, droppedChars } = stream.output();
    expect(text.length).toBeLessThanOrEqual(1_048_576);
    expect(text.length + droppedChars).toBe(2_000_000);
  });
});
