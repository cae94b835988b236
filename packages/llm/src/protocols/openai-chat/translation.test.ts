import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall, Target } from '../../codec.ts';
import type { Answer, Block } from '../../neutral/answer.ts';
import type { Call } from '../../neutral/call.ts';
import { Collector } from '../../neutral/collect.ts';
import { play } from '../../neutral/play.ts';
import type { ProviderQuirks } from '../../providers/preset.ts';
import { readAnswer } from './read-answer.ts';
import { readCall } from './read-call.ts';
import { ChatStreamReader } from './stream-reader.ts';
import { ChatStreamWriter } from './stream-writer.ts';
import { writeAnswer } from './write-answer.ts';
import { writeCall } from './write-call.ts';

const target = (quirks: ProviderQuirks = {}): Target => ({ model: 'theirs', maxOutputTokens: null, quirks });
const clientCall = (body: Record<string, unknown>): ClientCall => ({
  protocol: 'openai_chat',
  text: JSON.stringify(body),
  body,
  model: 'ours',
  stream: false,
  wantsUsage: true,
});
const view: AnswerView = { call: clientCall({}), model: 'ours', id: 'r1', createdS: 9 };

function read(body: Record<string, unknown>): Call {
  const call = readCall(clientCall({ messages: [], ...body }));
  if ('malformed' in call) throw new Error(`${call.param}: ${call.message}`);
  return call;
}

const sent = (body: Record<string, unknown>, quirks: ProviderQuirks = {}) => {
  const { body: text, losses } = writeCall(read(body), target(quirks));
  return { body: JSON.parse(text), losses };
};

/** A provider's events through the reader; in pieces of any size. */
function collect(events: readonly (object | string)[], quirks: ProviderQuirks = {}, size = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(events.map((e) => `data: ${typeof e === 'string' ? e : JSON.stringify(e)}\n\n`).join(''));
  const sink = new Collector();
  const reader = new ChatStreamReader(sink, target(quirks));
  for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, Math.min(at + size, bytes.length)));
  reader.end();
  return sink;
}

const delta = (part: object, index = 0): object => ({ id: 'c1', model: 'm', choices: [{ index, delta: part }] });
const finish = (reason: string, index = 0): object => ({ choices: [{ index, delta: {}, finish_reason: reason }] });
const tool = (call: object): object => delta({ tool_calls: [call] });

describe('a request through the neutral form and back', () => {
  it('keeps what it means', () => {
    const body = {
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'See' },
            { type: 'image_url', image_url: { url: 'https://x.test/a.png', detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'look', arguments: '{"n": 12345678901234567890}' } },
            { id: 'b', type: 'function', function: { name: 'look', arguments: 'not json' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: 'two' },
        { role: 'user', content: 'So?' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'd', parameters: { type: 'object' }, strict: true },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'look' } },
      parallel_tool_calls: false,
      max_tokens: 9,
      temperature: 1.5,
      top_p: 0.5,
      stop: ['x'],
      seed: 3,
      n: 2,
      logprobs: true,
      top_logprobs: 2,
      response_format: { type: 'json_schema', json_schema: { name: 's', schema: { type: 'object' }, strict: true } },
      reasoning_effort: 'low',
      user: 'u',
      logit_bias: { 5: 1 },
    };
    const { body: again, losses } = sent(body);
    expect(again).toEqual({
      ...body,
      model: 'theirs',
      messages: [{ ...body.messages[0], role: 'system' }, ...body.messages.slice(1)],
    });
    expect(losses).toEqual([]);
  });

  it('tells a model of its schema where the provider takes none', () => {
    const body = {
      messages: [],
      response_format: { type: 'json_schema', json_schema: { name: 's', schema: { type: 'array' } } },
    };
    const { body: again } = sent(body, { jsonSchema: false });
    expect(again.response_format).toEqual({ type: 'json_object' });
    expect(again.messages[0].content).toContain('{"type":"array"}');
  });

  it('reads the older form of functions', () => {
    const call = read({
      functions: [{ name: 'f', parameters: { type: 'object' } }],
      function_call: { name: 'f' },
      messages: [
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } },
        { role: 'function', name: 'f', content: 'r' },
      ],
    });
    expect(call.tools).toEqual([{ kind: 'function', name: 'f', parameters: { type: 'object' } }]);
    expect(call.toolChoice).toEqual({ tool: 'f' });
    expect(call.turns).toEqual([
      { role: 'assistant', parts: [{ kind: 'tool_call', id: 'f', name: 'f', arguments: '{}' }] },
      { role: 'user', parts: [{ kind: 'tool_result', callId: 'f', name: 'f', parts: [{ kind: 'text', text: 'r' }] }] },
    ]);
  });

  it.each([
    [{ messages: [5] }, 'messages[0]'],
    [{ messages: [{ role: 'judge', content: '' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'constructor', content: '' }] }, 'messages[0].role'],
    [{ tool_choice: 'constructor' }, 'tool_choice'],
    [{ reasoning_effort: 'immense' }, 'reasoning_effort'],
    [{ reasoning: { effort: 'toString' } }, 'reasoning.effort'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'x', function: {} }] }] },
      'messages[0].tool_calls[0].function.name',
    ],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ tool_choice: 'maybe' }, 'tool_choice'],
    [{ response_format: { type: 'json_schema' } }, 'response_format'],
    [{ stop: [4] }, 'stop'],
  ])('names the field that is wrong: %j', (body, param) => {
    expect(readCall(clientCall({ messages: [], ...body }))).toMatchObject({ malformed: false, param });
  });

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('messages', 'tools', 'stop', 'n', 'response_format', 'reasoning'),
          fc.jsonValue(),
        ),
        (body) => {
          const call = readCall(clientCall(body));
          const said = 'malformed' in call ? call.message : writeCall(call, target()).body;
          expect(said).not.toBe('');
        },
      ),
    );
  });
});

describe('streams of providers that are loose with the protocol', () => {
  const call = (index: number | undefined, id: string | undefined, name: string | undefined, args: string) => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: { ...(name === undefined ? {} : { name }), arguments: args },
  });
  const calls = (sink: Collector) =>
    sink.answer.choices[0]?.blocks.map((block) =>
      block.kind === 'tool_call' ? [block.id, block.name, block.text] : [block.kind, block.text],
    );

  it.each([
    [
      'indexes that start anywhere',
      [tool(call(3, 'a', 'f', '{"x":')), tool(call(3, '', undefined, '1}'))],
      [['a', 'f', '{"x":1}']],
    ],
    [
      'no index at all',
      [
        tool(call(undefined, 'a', 'f', '{')),
        tool(call(undefined, 'a', undefined, '}')),
        tool(call(undefined, 'b', 'g', '{}')),
      ],
      [
        ['a', 'f', '{}'],
        ['b', 'g', '{}'],
      ],
    ],
    [
      'an index used again',
      [tool(call(0, 'a', 'f', '{}')), tool(call(0, 'b', 'g', '{}'))],
      [
        ['a', 'f', '{}'],
        ['b', 'g', '{}'],
      ],
    ],
    [
      'a name that comes late',
      [tool(call(0, 'a', undefined, '{"x"')), tool(call(0, undefined, 'f', ':1}'))],
      [['a', 'f', '{"x":1}']],
    ],
    ['no arguments', [tool(call(0, 'a', 'f', ''))], [['a', 'f', '{}']]],
    [
      'calls that interleave',
      [
        tool(call(0, 'a', 'f', '{')),
        tool(call(1, 'b', 'g', '{')),
        tool(call(0, undefined, undefined, '}')),
        tool(call(1, undefined, undefined, '}')),
      ],
      [
        ['a', 'f', '{}'],
        ['b', 'g', '{}'],
      ],
    ],
    ['an empty list of calls beside text', [delta({ content: 'hi', tool_calls: [] })], [['text', 'hi']]],
    [
      'roles empty, repeated or absent',
      [delta({ role: '', content: 'a' }), delta({ role: 'assistant', content: 'b' })],
      [['text', 'ab']],
    ],
    [
      'thoughts before text',
      [delta({ reasoning_content: 'hm' }), delta({ content: 'a' })],
      [
        ['reasoning', 'hm'],
        ['text', 'a'],
      ],
    ],
  ])('%s', (_what, events, expected) => {
    const sink = collect([...events, finish('stop'), '[DONE]']);
    expect(calls(sink)).toEqual(expected);
    expect(sink.ended).toBe(true);
    const called = expected.some((block) => block.length === 3);
    expect(sink.answer.choices[0]?.finish?.reason).toBe(called ? 'tool_calls' : 'stop');
  });

  it('keeps the choices of an answer apart', () => {
    const sink = collect([
      delta({ content: 'a' }),
      delta({ content: 'b' }, 1),
      delta({ content: 'c' }),
      finish('stop', 1),
      finish('length'),
      '[DONE]',
    ]);
    expect(sink.answer.choices.map(({ blocks, finish: end }) => [blocks[0]?.text, end?.reason])).toEqual([
      ['ac', 'length'],
      ['b', 'stop'],
    ]);
  });

  it('takes the last usage, on whichever chunk it comes', () => {
    const usage = (n: number) => ({ prompt_tokens: 5, completion_tokens: n });
    const sink = collect([
      { ...delta({ content: 'a' }), usage: usage(1) },
      { ...finish('stop'), usage: usage(2) },
      '[DONE]',
    ]);
    expect(sink.answer.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  });

  it('is cut without `[DONE]`, failed with an error or nonsense', () => {
    expect(collect([delta({ content: 'a' })])).toMatchObject({ ended: false, error: null });
    expect(collect([delta({ content: 'a' }), { error: { message: 'x', code: 500 } }, '[DONE]'])).toMatchObject({
      ended: false,
      error: { message: 'x' },
    });
    expect(collect([delta({ content: 'a' }), '{oops', '[DONE]']).error).not.toBeNull();
    expect(collect(['[DONE]']).error).not.toBeNull();
    expect(collect([delta({ content: 'a' }), finish('stop')], { done: false }).ended).toBe(true);
  });

  it('says the same for any chunking', () => {
    const events = [
      delta({ content: 'é😀' }),
      tool(call(2, 'a', 'f', '{"x":"ü')),
      tool(call(2, '', undefined, '"}')),
      finish('tool_calls'),
      '[DONE]',
    ];
    const whole = collect(events).answer;
    for (let size = 1; size < 40; size++) expect(collect(events, {}, size).answer).toEqual(whole);
  });
});

const anyBlock: fc.Arbitrary<Block> = fc.oneof(
  fc.string({ minLength: 1 }).map((text): Block => ({ kind: 'text', text })),
  fc.string({ minLength: 1 }).map((text): Block => ({ kind: 'reasoning', text })),
  fc.jsonValue().map((value): Block => ({ kind: 'tool_call', id: '', name: 'f', text: JSON.stringify(value) })),
);

/** What a chat answer can hold: thoughts, then text, then calls with ids of their own. */
function ordered(blocks: readonly Block[]): Block[] {
  const reasoning = blocks.find(({ kind }) => kind === 'reasoning');
  const text = blocks.find(({ kind }) => kind === 'text');
  const calls = blocks.filter((block) => block.kind === 'tool_call').map((block, i) => ({ ...block, id: `call_${i}` }));
  return [...(reasoning ? [reasoning] : []), ...(text ? [text] : []), ...calls];
}

describe('an answer', () => {
  const anyAnswer = fc.array(fc.array(anyBlock, { maxLength: 5 }), { minLength: 1, maxLength: 3 }).map(
    (choices): Answer => ({
      id: 'chatcmpl-1',
      model: 'ours',
      choices: choices.map((blocks) => {
        const own = ordered(blocks);
        const called = own.some(({ kind }) => kind === 'tool_call');
        return { blocks: own, finish: { reason: called ? 'tool_calls' : 'stop', raw: called ? 'tool_calls' : 'stop' } };
      }),
      usage: {
        inputTokens: 9,
        cachedInputTokens: 4,
        cacheWriteInputTokens: 1,
        cacheWrite1hInputTokens: 0,
        outputTokens: 5,
        reasoningTokens: 2,
      },
    }),
  );

  it('is the same written and read again', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        expect(readAnswer(writeAnswer(answer, view))).toEqual(answer);
      }),
    );
  });

  it('gives the text of signed thoughts with their signature, which is worth nothing without it', () => {
    const writer = new ChatStreamWriter(view);
    writer.start(null, null);
    writer.open(0, 0, { kind: 'reasoning', text: '' });
    for (const text of ['Let me ', 'see.']) writer.delta(0, text);
    writer.proof(0, { protocol: 'anthropic', value: 'sig' });
    writer.close(0);
    const detail = { type: 'reasoning.text', text: 'Let me see.', signature: 'parley.anthropic.sig' };
    expect(writer.take()).toContain(`"reasoning_details":[${JSON.stringify(detail)}]`);
  });

  it('is the same streamed and collected again, for any chunking', () => {
    fc.assert(
      fc.property(anyAnswer, fc.integer({ min: 1, max: 50 }), (answer, size) => {
        const writer = new ChatStreamWriter(view);
        play(answer, writer);
        const bytes = Buffer.from(writer.take() + writer.ending());
        const sink = new Collector();
        const reader = new ChatStreamReader(sink, target());
        for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
        expect(sink.answer).toEqual(answer);
        expect(sink.ended).toBe(true);
      }),
    );
  });

  it('carries proofs of another maker through a client that sends back what it got', () => {
    const proof = { protocol: 'anthropic', value: 'sig' } as const;
    const signed = { protocol: 'gemini', value: 'thought' } as const;
    const answer: Answer = {
      id: null,
      model: 'm',
      choices: [
        {
          blocks: [
            { kind: 'reasoning', text: 'hm', proof },
            { kind: 'reasoning', text: '', redacted: true, proof },
            { kind: 'tool_call', id: 'a', name: 'f', text: '{}', proof: signed },
          ],
          finish: { reason: 'tool_calls' },
        },
      ],
      usage: null,
    };
    const { message } = JSON.parse(writeAnswer(answer, view)).choices[0];
    const [turn] = read({ messages: [message] }).turns;
    expect(turn?.parts).toEqual([
      { kind: 'reasoning', text: 'hm', proof },
      { kind: 'reasoning', text: '', redacted: true, proof },
      { kind: 'tool_call', id: 'a', name: 'f', arguments: '{}', proof: signed },
    ]);
  });
});
