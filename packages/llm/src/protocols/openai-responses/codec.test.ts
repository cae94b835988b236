import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall, ClientError } from '../../codec.ts';
import type { Answer, Block } from '../../neutral/answer.ts';
import type { Call } from '../../neutral/call.ts';
import { Collector } from '../../neutral/collect.ts';
import { play } from '../../neutral/play.ts';
import { codec } from './codec.ts';

const { client, provider, passing } = codec;
if (!client || !provider || !passing) throw new Error('Responses has both sides');
const TARGET = { model: 'theirs', maxOutputTokens: null, quirks: {} };
const ADDRESS = { model: '', stream: false, query: '' };
const view: AnswerView = {
  call: { protocol: 'openai_responses', text: '', body: {}, model: 'ours', stream: true, wantsUsage: true },
  model: 'ours',
  id: 'req-1',
  createdS: 7,
};
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

function envelope(body: object): ClientCall {
  const call = client!.envelope(JSON.stringify({ model: 'ours', input: 'hi', ...body }), ADDRESS);
  if ('malformed' in call) throw new Error(`${call.param}: ${call.message}`);
  return call;
}

function read(body: object): Call {
  const call = client!.read(envelope(body));
  if ('malformed' in call) throw new Error(`${call.param}: ${call.message}`);
  return call;
}

const sent = (body: object) => JSON.parse(provider.write(read(body), TARGET).body);
const sse = (events: readonly object[]): Buffer =>
  Buffer.from(events.map((each) => `data: ${JSON.stringify(each)}\n\n`).join(''));

function collect(events: readonly object[]): Collector {
  const sink = new Collector();
  const reader = provider!.streamReader(sink, TARGET);
  reader.feed(sse(events));
  reader.end();
  return sink;
}

describe('a request', () => {
  const input = [
    { role: 'developer', content: 'Be brief.' },
    {
      role: 'user',
      content: [
        { type: 'input_text', text: 'See' },
        { type: 'input_image', image_url: 'https://x.test/a.png', detail: 'low' },
      ],
    },
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'enc' },
    { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'look', arguments: '{"n": 12345678901234567890}' },
    { type: 'function_call', call_id: 'call_2', name: 'look', arguments: 'no json' },
    { type: 'function_call_output', call_id: 'call_2', output: 'two' },
    { type: 'function_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'one' }] },
    { role: 'assistant', content: [{ type: 'output_text', text: 'So.', annotations: [] }] },
    { role: 'user', content: 'And?' },
  ];

  it('keeps what it means through the neutral form', () => {
    const body = {
      instructions: 'You are kind.',
      input,
      tools: [{ type: 'function', name: 'look', description: 'd', parameters: { type: 'object' }, strict: true }],
      tool_choice: 'required',
      parallel_tool_calls: false,
      max_output_tokens: 99,
      temperature: 1.5,
      top_p: 0.5,
      text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true } },
      reasoning: { effort: 'low', summary: 'auto' },
      metadata: { a: 'b' },
    };
    expect(sent(body)).toEqual({
      ...body,
      instructions: undefined,
      model: 'theirs',
      store: false,
      include: ['reasoning.encrypted_content'],
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'You are kind.' }] },
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
        { type: 'message', ...input[1] },
        input[2],
        { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"n": 12345678901234567890}' },
        input[4],
        input[5],
        { type: 'function_call_output', call_id: 'call_1', output: 'one' },
        { type: 'message', ...input[7] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'And?' }] },
      ],
    });
  });

  it('is one turn of the assistant with its thoughts and calls, and one of all results', () => {
    const { turns } = read({ input });
    expect(turns.map(({ role, parts }) => [role, parts.map(({ kind }) => kind)])).toEqual([
      ['system', ['text']],
      ['user', ['text', 'image']],
      ['assistant', ['reasoning', 'tool_call', 'tool_call']],
      ['user', ['tool_result', 'tool_result']],
      ['assistant', ['text']],
      ['user', ['text']],
    ]);
  });

  it.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: 'c' }, 'conversation'],
    [{ prompt: { id: 'p' } }, 'prompt'],
    [{ input: [{ type: 'item_reference', id: 'x' }] }, 'input[0]'],
    [{ input: 5 }, 'input'],
    [{ stream: 'yes' }, 'stream'],
    [{ model: '' }, 'model'],
  ])('may not read or leave anything at the provider, nor be %j', (body, param) => {
    expect(client.envelope(JSON.stringify({ model: 'm', input: 'x', ...body }), ADDRESS)).toMatchObject({ param });
  });

  it.each([
    [{ input: [5] }, 'input[0]'],
    [{ input: [{ role: 'judge', content: '' }] }, 'input[0].role'],
    [{ input: [{ role: 'constructor', content: '' }] }, 'input[0].role'],
    [{ reasoning: { effort: 'immense' } }, 'reasoning.effort'],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text'],
    [{ input: [{ type: 'function_call', name: 'f' }] }, 'input[0].call_id'],
    [{ input: [{ type: 'function_call_output', output: '' }] }, 'input[0].call_id'],
    [{ temperature: 'hot' }, 'temperature'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ tool_choice: 'maybe' }, 'tool_choice'],
    [{ text: { format: { type: 'json_schema' } } }, 'text.format'],
  ])('names the field that is wrong: %j', (body, param) => {
    expect(client.read(envelope(body))).toMatchObject({ malformed: false, param });
  });

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('input', 'tools', 'text', 'reasoning', 'tool_choice'), fc.jsonValue()),
        (body) => {
          const call = client.envelope(JSON.stringify({ model: 'm', ...body }), ADDRESS);
          const neutral = 'malformed' in call ? call : client.read(call);
          expect('malformed' in neutral || provider.write(neutral, TARGET).body !== '').toBe(true);
        },
      ),
    );
  });

  it('of another protocol names what it cannot be told', () => {
    const call: Call = {
      ...read({}),
      protocol: 'openai_chat',
      stop: ['x'],
      seed: 1,
      choices: 2,
      extra: { logit_bias: {} },
    };
    const { losses } = provider.write(call, TARGET);
    expect(losses.map(({ path, essential }) => [path, essential])).toEqual([
      ['seed', false],
      ['n', true],
      ['stop', true],
      ['logit_bias', false],
    ]);
  });

  it('passes with nothing changed but the model’s name and that nothing is kept', () => {
    const text = '{ "model" : "ours", "input":"hi","seed":1.0, "store":true}';
    const call = client.envelope(text, ADDRESS);
    if ('malformed' in call) throw new Error('no call');
    expect(passing.body(call, TARGET)).toBe('{ "model" : "theirs", "input":"hi","seed":1.0, "store":false}');
    const foreign = { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'parley.anthropic.sig' };
    const own = { type: 'reasoning', id: 'rs', summary: [], encrypted_content: 'enc' };
    expect(JSON.parse(passing.body(envelope({ input: [foreign, own] }), TARGET)).input).toEqual([own]);
  });
});

const blockOf: fc.Arbitrary<Block> = fc.oneof(
  fc.string({ minLength: 1 }).map((text): Block => ({ kind: 'text', text })),
  fc.string({ minLength: 1 }).map((text): Block => ({ kind: 'refusal', text })),
  fc
    .string({ minLength: 1 })
    .map((text): Block => ({ kind: 'reasoning', text, proof: { protocol: 'anthropic', value: 'x' } })),
  fc.constant<Block>({ kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'gemini', value: 'y' } }),
  fc.jsonValue().map((value): Block => ({ kind: 'tool_call', id: 'call_1', name: 'f', text: JSON.stringify(value) })),
);
const answerOf = fc
  .record({ blocks: fc.array(blockOf, { maxLength: 6 }), length: fc.boolean() })
  .map(({ blocks, length }): Answer => {
    const called = blocks.some(({ kind }) => kind === 'tool_call');
    const finish = length
      ? ({ reason: 'length', raw: 'max_output_tokens' } as const)
      : ({ reason: called ? 'tool_calls' : 'stop', raw: 'completed' } as const);
    return {
      id: 'resp_1',
      model: 'ours',
      choices: [{ blocks, finish }],
      usage: {
        inputTokens: 9,
        cachedInputTokens: 4,
        cacheWriteInputTokens: 0,
        cacheWrite1hInputTokens: 0,
        outputTokens: 5,
        reasoningTokens: 2,
      },
    };
  });

describe('an answer', () => {
  it('is the same written and read again, whole and streamed in any chunking', () => {
    fc.assert(
      fc.property(answerOf, fc.integer({ min: 1, max: 60 }), (answer, size) => {
        expect(provider.readAnswer(client.writeAnswer(answer, view))).toEqual(answer);
        const writer = client.streamWriter(view);
        play(answer, writer);
        const bytes = Buffer.from(writer.take() + writer.ending());
        const sink = new Collector();
        const reader = provider.streamReader(sink, TARGET);
        const passed = passing.stream(view, TARGET);
        let out = '';
        for (let at = 0; at < bytes.length; at += size) {
          reader.feed(bytes.subarray(at, at + size));
          out += passed.feed(bytes.subarray(at, at + size));
        }
        expect(sink.answer).toEqual(answer);
        expect(sink.ended).toBe(true);
        expect(out + passed.ending()).toBe(bytes.toString());
        expect(passed.usage).toEqual(answer.usage);
      }),
    );
  });

  it('is numbered in one sequence, in the order the protocol has', () => {
    const writer = client.streamWriter(view);
    const blocks: Block[] = [
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'Hi' },
      { kind: 'tool_call', id: 'call_1', name: 'f', text: '{}' },
    ];
    play({ id: null, model: 'm', choices: [{ blocks, finish: { reason: 'tool_calls' } }], usage: null }, writer);
    const said = writer.take();
    const events = `${said}${writer.ending()}`
      .split('\n')
      .flatMap((line) => (line.startsWith('data: ') ? [JSON.parse(line.slice(6))] : []));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number: n }) => n)).toEqual(events.map((_event, i) => i));
    expect(
      events.filter(({ type }) => type === 'response.output_item.added').map(({ output_index: at }) => at),
    ).toEqual([0, 1, 2]);
    expect(said).not.toContain('response.completed');
  });

  it('that breaks off ends as failed, and not as completed', () => {
    const writer = client.streamWriter(view);
    writer.start('resp_9', 'm');
    writer.open(0, 0, { kind: 'text', text: '' });
    writer.delta(0, 'Hel');
    writer.take();
    const failed = JSON.parse(writer.broken(CUT).split('data: ')[1] ?? '');
    expect(failed).toMatchObject({
      type: 'response.failed',
      response: { id: 'resp_9', status: 'failed', error: { code: 'upstream_cut' } },
    });
  });
});

describe('streams of providers that are loose with the protocol', () => {
  const created = { type: 'response.created', response: { id: 'resp_1', model: 'm' } };
  const completed = {
    type: 'response.completed',
    response: { status: 'completed', usage: { input_tokens: 1, output_tokens: 2 } },
  };
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{"a":1}' };
  const blocks = (sink: Collector) => sink.answer.choices[0]?.blocks.map(({ kind, text }) => [kind, text]);

  it.each([
    [
      'arguments only when they are done',
      [
        { type: 'response.output_item.added', output_index: 0, item: { ...call, arguments: '' } },
        { type: 'response.output_item.done', output_index: 0, item: call },
      ],
      [['tool_call', '{"a":1}']],
    ],
    [
      'an item that was never added',
      [{ type: 'response.output_item.done', output_index: 0, item: call }],
      [['tool_call', '{"a":1}']],
    ],
    [
      'text only when it is done',
      [{ type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'Hi' }],
      [['text', 'Hi']],
    ],
    [
      'ids that change',
      [
        { type: 'response.output_text.delta', item_id: 'a', output_index: 0, content_index: 0, delta: 'H' },
        { type: 'response.output_text.delta', item_id: 'b', output_index: 0, content_index: 0, delta: 'i' },
      ],
      [['text', 'Hi']],
    ],
    ['events nobody knows', [{ type: 'response.something.new', x: 1 }], undefined],
  ])('%s', (_what, events, expected) => {
    const sink = collect([created, ...events, completed]);
    expect(blocks(sink)).toEqual(expected ?? []);
    expect(sink.ended).toBe(true);
    expect(sink.answer.usage).toMatchObject({ inputTokens: 1, outputTokens: 2 });
  });

  it('are cut without an end, and failed with an error', () => {
    expect(collect([created])).toMatchObject({ ended: false, error: null });
    const failed = {
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'x' } },
    };
    expect(collect([created, failed])).toMatchObject({ ended: false, error: { message: 'x', kind: 'server' } });
    expect(collect([created, { type: 'error', code: 'rate_limit_exceeded', message: 'slow' }])).toMatchObject({
      error: { message: 'slow' },
    });
  });
});
