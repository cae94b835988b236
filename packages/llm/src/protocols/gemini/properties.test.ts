import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall } from '../../codec.ts';
import type { Block, Choice } from '../../neutral/answer.ts';
import { Collector } from '../../neutral/collect.ts';
import { play } from '../../neutral/play.ts';
import { codec } from './codec.ts';
import { PassedStream } from './passing.ts';
import { GeminiStreamReader } from './stream-reader.ts';
import { GeminiStreamWriter } from './stream-writer.ts';

const { client, provider } = codec;
if (!client || !provider) throw new Error('Gemini has both sides');
const TARGET = { model: 'gemini-3-pro', maxOutputTokens: null, quirks: {} };
const asked: ClientCall = { protocol: 'gemini', text: '', body: {}, model: 'ours', stream: true, wantsUsage: true };
const view: AnswerView = { call: asked, model: 'ours', id: 'req1', createdS: 7 };

const part = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => ({ text })),
  fc.string().map((text) => ({ text, thought: true })),
  fc.string({ minLength: 1 }).map((thoughtSignature) => ({ text: '', thoughtSignature })),
  fc.json().map((args) => ({ functionCall: { id: 'i', name: 'f', args: { args } }, thoughtSignature: 's' })),
);
const event = fc
  .record({ parts: fc.array(part, { maxLength: 3 }), index: fc.nat(2), end: fc.boolean(), tokens: fc.nat(99) })
  .map(({ parts, index, end, tokens }) => ({
    candidates: [{ content: { parts, role: 'model' }, index, ...(end ? { finishReason: 'STOP' } : {}) }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: tokens },
    modelVersion: 'theirs',
    responseId: 'r',
  }));

function pieces(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...cuts, bytes.length].map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end));
}

const sse = (events: readonly unknown[]): Buffer =>
  Buffer.from(events.map((each) => `data: ${JSON.stringify(each)}\n\n`).join(''));

describe('streams of Gemini', () => {
  it('say the same in any chunking', () => {
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat(5000)), (events, places) => {
        const read = (chunks: readonly Buffer[]) => {
          const writer = new GeminiStreamWriter(view);
          const collector = new Collector();
          const [one, two] = [new GeminiStreamReader(writer), new GeminiStreamReader(collector)];
          const passed = new PassedStream(view);
          let out = '';
          for (const chunk of chunks) {
            one.feed(chunk);
            two.feed(chunk);
            out += passed.feed(chunk);
          }
          for (const reader of [one, two]) reader.end();
          out += passed.end();
          return {
            written: writer.take() + writer.ending(),
            answer: collector.answer,
            ended: collector.ended,
            out: out + passed.ending(),
            state: passed.state,
            usage: passed.usage,
            said: passed.output(),
          };
        };
        const bytes = sse(events);
        expect(read(pieces(bytes, places))).toEqual(read([bytes]));
      }),
    );
  });
});

const blockOf: fc.Arbitrary<Block> = fc.oneof(
  fc.string({ minLength: 1 }).map((text) => ({ kind: 'text', text }) as const),
  fc
    .string({ minLength: 1 })
    .map((text) => ({ kind: 'reasoning', text, proof: { protocol: 'anthropic', value: 'x' } }) as const),
  fc.constant({ kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'gemini', value: 'y' } } as const),
  fc
    .dictionary(fc.string({ unit: 'grapheme' }), fc.string())
    .map((args) => ({ kind: 'tool_call', id: 'i', name: 'f', text: JSON.stringify(args) }) as const),
);

/** Texts that follow each other are one: Gemini has nothing to keep them apart with. */
function joined(blocks: readonly Block[]): Block[] {
  const out: Block[] = [];
  for (const block of blocks) {
    const last = out.at(-1);
    if (block.kind === 'text' && last?.kind === 'text') last.text += block.text;
    else out.push({ ...block });
  }
  return out;
}

describe('answers', () => {
  it('are the same whole and streamed, written and read again', () => {
    fc.assert(
      fc.property(fc.array(blockOf, { maxLength: 6 }), (blocks) => {
        const choices: Choice[] = [
          { blocks, finish: { reason: blocks.some((block) => block.kind === 'tool_call') ? 'tool_calls' : 'stop' } },
        ];
        const answer = { id: 'a', model: 'theirs', choices, usage: null };
        // A proof of another maker stands in Gemini's place for one; who reads the answer as Gemini's takes it for Gemini's.
        const expected = joined(blocks).map((block) =>
          'proof' in block && block.proof?.protocol === 'anthropic'
            ? { ...block, proof: { protocol: 'gemini', value: 'parley.anthropic.x' } }
            : block,
        );
        const writer = new GeminiStreamWriter(view);
        play(answer, writer);
        const collector = new Collector();
        const reader = new GeminiStreamReader(collector);
        reader.feed(Buffer.from(writer.take() + writer.ending()));
        reader.end();
        expect(collector.answer.choices[0]?.blocks).toEqual(expected);
        expect(provider.readAnswer(client.writeAnswer(answer, view))).toMatchObject({
          choices: [{ blocks: expected, finish: { reason: choices[0]?.finish?.reason } }],
        });
      }),
    );
  });
});

/** Any value where any member is expected. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(null, -1, 1e308, '\ud800', { __proto__: null, type: 7 }, [[[[]]]]),
);
const junkPart = fc.oneof(
  junk,
  fc.dictionary(
    fc.constantFrom(
      'text',
      'thought',
      'thoughtSignature',
      'functionCall',
      'functionResponse',
      'inlineData',
      'fileData',
      'name',
      '__proto__',
    ),
    fc.oneof(
      junk,
      fc.dictionary(fc.constantFrom('name', 'args', 'response', 'data', 'mimeType', 'fileUri', 'id', 'parts'), junk),
    ),
  ),
);
const junkBody = fc.oneof(
  junk,
  fc.dictionary(
    fc.constantFrom(
      'contents',
      'systemInstruction',
      'tools',
      'toolConfig',
      'generationConfig',
      'cachedContent',
      'labels',
      'candidates',
      'usageMetadata',
      'promptFeedback',
      'error',
    ),
    fc.oneof(
      junk,
      fc.array(
        fc.oneof(
          junkPart,
          fc.record({
            role: junk,
            parts: fc.array(junkPart, { maxLength: 4 }),
            content: fc.record({ parts: fc.array(junkPart, { maxLength: 4 }) }),
            index: junk,
            finishReason: junk,
            functionDeclarations: junk,
          }),
        ),
        { maxLength: 4 },
      ),
    ),
  ),
);

describe('whatever comes', () => {
  it('is read as a request, or refused with a word', () => {
    fc.assert(
      fc.property(junkBody, (body) => {
        const envelope = client.envelope(JSON.stringify(body), { model: 'm', stream: true, query: '' });
        const call = 'malformed' in envelope ? envelope : client.read(envelope);
        if ('malformed' in call) expect(call.message).not.toBe('');
        else expect(() => JSON.parse(provider.write(call, TARGET).body)).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });

  it('is read as an answer, or as none', () => {
    fc.assert(
      fc.property(junkBody, (body) => {
        const text = JSON.stringify(body);
        provider.readAnswer(text);
        provider.readError(text, 500);
        const writer = new GeminiStreamWriter(view);
        const reader = new GeminiStreamReader(writer);
        reader.feed(sse([body, body]));
        reader.end();
        const passed = new PassedStream(view);
        passed.feed(sse([body, body]));
        expect(typeof (passed.end() + passed.ending() + writer.take() + writer.ending())).toBe('string');
      }),
      { numRuns: 200 },
    );
  });

  it('may nest as deep as it likes', () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    for (const text of [
      `{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":${deep}}}}]}]}`,
      `{"contents":[{"parts":[{"x":${deep}}]}],"tools":[{"y":${deep}}],"generationConfig":{"responseSchema":{"items":${deep}},"z":1234567890123456789}}`,
    ]) {
      const envelope = client.envelope(text, { model: 'm', stream: false, query: '' });
      if ('malformed' in envelope) throw new Error('the envelope is good');
      const call = client.read(envelope);
      if ('malformed' in call) expect(call.param).toBe('contents[0].parts[0].functionCall.args');
      else expect(provider.write(call, TARGET).losses).toContainEqual(expect.objectContaining({ essential: true }));
    }
    const answer = provider.readAnswer(
      `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":${deep}}}}]},"finishReason":"STOP"}]}`,
    );
    expect(answer).toMatchObject({ choices: [{ finish: { reason: 'tool_calls' } }] });
  });
});
