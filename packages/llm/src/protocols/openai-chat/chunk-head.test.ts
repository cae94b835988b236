import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editObject } from '../../json-edit.ts';
import { ChunkHead } from './chunk-head.ts';
import { ChatStream } from './stream.ts';

const HEADS = [
  '{"id":"c1","created":7,"model":"theirs","choices":',
  '{"id":"c1", "model" : "theirs" , "fingerprint":"a,\\"choices\\":","choices" : ',
  '{"model":"theirs","model":"other","choices":',
  '{"m\\u006fdel":"theirs","choices":',
  '{"usage":null,"model":"theirs","choices":',
  '{"choices":[],"model":"theirs","choices":',
  '{"id":"c1","choices":',
];
const CHOICES = [
  '[{"index":0,"delta":{"content":"a"},"finish_reason":null}]',
  '[{"index":0,"delta":{"content":",\\"usage\\":null}"}}]',
  '[]',
  '"none"',
];
const ENDS = [
  '}',
  ',"usage":null}',
  ',"usage":{"prompt_tokens":3,"completion_tokens":1}}',
  ',"usage":4,"usage":null}',
  ',"us\\u0061ge":null}',
  ',"usage":null,"model":"theirs"}',
  ' , "usage" : null }',
];
const anyChunk = fc
  .tuple(fc.constantFrom(...HEADS), fc.constantFrom(...CHOICES), fc.constantFrom(...ENDS))
  .map((parts) => parts.join(''));

/** What the client is told of one chunk, by the plain way: parse all, edit all. */
function expected(text: string, wantsUsage: boolean): string {
  const { usage, choices } = JSON.parse(text);
  const model = { key: 'model', value: '"ours"', add: false };
  if (usage === undefined || wantsUsage) return editObject(text, [model]);
  const passes = usage === null || !Array.isArray(choices) || choices.length > 0;
  return passes ? editObject(text, [model, { key: 'usage', value: null, add: false }]) : '';
}

describe('the head of a stream’s chunks', () => {
  it('tells clients of each chunk what parsing and editing the whole of it would', () => {
    fc.assert(
      fc.property(fc.array(anyChunk, { minLength: 2, maxLength: 12 }), fc.boolean(), (texts, wantsUsage) => {
        const call = { protocol: 'openai_chat', text: '', body: {}, model: 'ours', stream: true, wantsUsage } as const;
        const view = { call, model: 'ours', id: 'r1', createdS: 9 };
        const stream = new ChatStream(view, { model: 'theirs', maxOutputTokens: null, quirks: {} });
        for (const text of texts) {
          const told = stream.feed(Buffer.from(`data: ${text}\n\n`));
          const wanted = expected(text, wantsUsage);
          expect(told).toBe(wanted === '' ? '' : `data: ${wanted}\n\n`);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is learned where it names the model once, and nothing that is read of each chunk', () => {
    const learned = HEADS.filter((head) => {
      const known = new ChunkHead('ours');
      known.learn(`${head}[]}`);
      return known.tailOf(`${head}[{}]}`) !== null;
    });
    expect(learned).toEqual([HEADS[0], HEADS[1], HEADS[3]]);
  });

  it('does not answer for chunks that begin otherwise, or are broken after it', () => {
    const known = new ChunkHead('ours');
    known.learn(`${HEADS[0]}[]}`);
    expect(known.tailOf(`${HEADS[1]}[]}`)).toBeNull();
    expect(known.tailOf(`${HEADS[0]}[}`)).toBeNull();
    expect(known.tailOf(`${HEADS[0]}[],"error":{}}`)).toBeNull();
  });
});
