import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerView, Target } from '../../codec.ts';
import type { Answer, AnswerSink, Block } from '../../neutral/answer.ts';
import { Collector } from '../../neutral/collect.ts';
import { play } from '../../neutral/play.ts';
import { codec } from './codec.ts';

const view: AnswerView = {
  call: { protocol: 'anthropic', text: '{}', body: {}, model: 'ours', stream: true, wantsUsage: true },
  model: 'ours',
  id: 'r1',
  createdS: 7,
};
const target: Target = { model: 'claude', maxOutputTokens: null, quirks: {} };

type Event = ReturnType<typeof JSON.parse>;
const sse = (events: readonly Event[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const eventsOf = (text: string): Event[] =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)));

function read(text: string, places: readonly number[] = []): Collector {
  const bytes = Buffer.from(text);
  const collector = new Collector();
  const reader = codec.provider!.streamReader(collector, target);
  const cuts = [...new Set(places.map((place) => place % Math.max(1, bytes.length)))].sort((a, b) => a - b);
  for (const [i, end] of [...cuts, bytes.length].entries()) reader.feed(bytes.subarray(cuts[i - 1] ?? 0, end));
  reader.end();
  return collector;
}

/** The events a client gets when the sink hears this. */
function write(tell: (sink: AnswerSink) => void): Event[] {
  const writer = codec.client!.streamWriter(view);
  tell(writer);
  return eventsOf(writer.take() + writer.ending());
}

const start = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'claude', usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 } },
};
const golden: Event[] = [
  start,
  { type: 'ping' },
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'red' } },
  { type: 'content_block_stop', index: 1 },
  { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'Grüße 😀' } },
  { type: 'content_block_stop', index: 2 },
  { type: 'content_block_start', index: 3, content_block: { type: 'tool_use', id: 't1', name: 'f', input: {} } },
  { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '' } },
  { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
  { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '1}' } },
  { type: 'content_block_stop', index: 3 },
  { type: 'content_block_start', index: 4, content_block: { type: 'tool_use', id: 't2', name: 'g', input: {} } },
  { type: 'content_block_stop', index: 4 },
  { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 30 } },
  { type: 'message_stop' },
];
const goldenAnswer: Answer = {
  id: 'msg_1',
  model: 'claude',
  choices: [
    {
      blocks: [
        { kind: 'reasoning', text: 'Hm.', proof: { protocol: 'anthropic', value: 'sig' } },
        { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'anthropic', value: 'red' } },
        { kind: 'text', text: 'Grüße 😀' },
        { kind: 'tool_call', id: 't1', name: 'f', text: '{"a":1}' },
        { kind: 'tool_call', id: 't2', name: 'g', text: '{}' },
      ],
      finish: { reason: 'tool_calls', raw: 'tool_use' },
    },
  ],
  usage: {
    inputTokens: 7,
    cachedInputTokens: 2,
    cacheWriteInputTokens: 0,
    cacheWrite1hInputTokens: 0,
    outputTokens: 30,
    reasoningTokens: 0,
  },
};

describe('reading a stream', () => {
  it('gives the same answer for any chunking', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000)), fc.constantFrom('\n', '\r\n', '\r'), (places, lineEnd) => {
        const collector = read(sse(golden).replaceAll('\n', lineEnd), places);
        expect(collector.answer).toEqual(goldenAnswer);
        expect([collector.ended, collector.error]).toEqual([true, null]);
      }),
    );
  });

  it('is cut off without message_stop', () => {
    for (let kept = 0; kept < golden.length; kept++) {
      const collector = read(sse(golden.slice(0, kept)));
      expect([collector.ended, collector.error]).toEqual([false, null]);
    }
  });

  it('understands an error in the middle', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const collector = read(sse([...golden.slice(0, 4), error, ...golden.slice(4)]));
    expect(collector.ended).toBe(false);
    expect(collector.error).toMatchObject({ kind: 'overloaded', status: 529, message: 'Overloaded' });
  });

  it.each([
    'event: x\ndata: {oops\n\n',
    'data: []\n\n',
    'data: null\n\n',
    'data: {"type":"message_stop"}\n\n',
    'data: {"type":"content_block_start","index":0}\n\n',
  ])('fails on %j', (text) => {
    const collector = read(text + sse(golden));
    expect(collector.error?.status).toBe(502);
    expect(collector.ended).toBe(false);
  });

  it('takes the last totals of usage, those of message_delta too', () => {
    const delta = {
      type: 'message_delta',
      delta: {},
      usage: { input_tokens: 50, cache_creation_input_tokens: 4, output_tokens: 9 },
    };
    const { answer } = read(sse([start, delta, { ...delta, usage: { output_tokens: 11 } }, { type: 'message_stop' }]));
    expect(answer.usage).toMatchObject({
      inputTokens: 56,
      cachedInputTokens: 2,
      cacheWriteInputTokens: 4,
      outputTokens: 11,
    });
  });

  it('takes arguments that a provider gives with the opening of a call', () => {
    const events = [
      start,
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
      },
    ];
    expect(read(sse([...events, { type: 'message_stop' }])).answer.choices[0]?.blocks).toMatchObject([
      { text: '{"a":1}' },
    ]);
  });

  it('crashes on nothing', () => {
    const event = fc.record(
      {
        type: fc.constantFrom(...new Set(golden.map(({ type }) => type as string))),
        index: fc.jsonValue(),
        message: fc.jsonValue(),
        content_block: fc.jsonValue(),
        delta: fc.jsonValue(),
        usage: fc.jsonValue(),
        error: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    const bytes = fc.uint8Array().map((given) => Buffer.from(given).toString('latin1'));
    const text = fc.oneof(
      fc.array(event).map((events) => sse([start, ...events])),
      bytes,
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(read(given).answer.choices.length).toBeLessThan(2);
      }),
    );
  });
});

/** Blocks of an answer whose pieces come in any order the sink allows. */
const anyBlock = fc.oneof(
  fc.record({
    kind: fc.constantFrom('text' as const, 'reasoning' as const, 'refusal' as const),
    pieces: fc.array(fc.string(), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('tool_call' as const), pieces: fc.array(fc.string(), { maxLength: 4 }) }),
);
const interleaving = fc.record({
  blocks: fc.array(anyBlock, { maxLength: 6 }),
  order: fc.array(fc.nat(100), { maxLength: 60 }),
});

function tellInterleaved(
  sink: AnswerSink,
  { blocks, order }: { blocks: { kind: string; pieces: string[] }[]; order: number[] },
): void {
  sink.start('x', 'theirs');
  const steps = blocks.map(({ kind, pieces }, n) => {
    const block = (kind === 'tool_call' ? { kind, id: `c${n}`, name: `f${n}`, text: '' } : { kind, text: '' }) as Block;
    return [() => sink.open(n, 0, block), ...pieces.map((piece) => () => sink.delta(n, piece)), () => sink.close(n)];
  });
  let opened = 0;
  for (const at of [...order, ...Array.from({ length: 60 }, () => 0)]) {
    const left = steps.filter((own, n) => own.length > 0 && n <= opened);
    const own = left[at % Math.max(1, left.length)];
    if (own === undefined) continue;
    if (own === steps[opened]) opened++;
    own.shift()?.();
  }
  for (const own of steps) for (const step of own) step();
  sink.finish(0, { reason: 'stop' });
  sink.end();
}

/** Checks the order Anthropic's clients count on, and gives the blocks' texts. */
function checkOrder(events: readonly Event[]): { kind: string; text: string; id: string | undefined }[] {
  const blocks: { kind: string; text: string; id: string | undefined }[] = [];
  let open = false;
  expect(events[0]?.type).toBe('message_start');
  expect(events.at(-2)?.type).toBe('message_delta');
  expect(events.at(-1)?.type).toBe('message_stop');
  for (const event of events.slice(1, -2)) {
    if (event.type === 'content_block_start') {
      expect([open, event.index]).toEqual([false, blocks.length]);
      open = true;
      blocks.push({ kind: event.content_block.type, text: '', id: event.content_block.id });
      continue;
    }
    const block = blocks.at(-1)!;
    expect([open, event.index]).toEqual([true, blocks.length - 1]);
    if (event.type === 'content_block_stop') open = false;
    else {
      const [type, key] = {
        text: ['text_delta', 'text'],
        thinking: ['thinking_delta', 'thinking'],
        tool_use: ['input_json_delta', 'partial_json'],
      }[block.kind]!;
      expect(event.delta.type).toBe(type);
      block.text += event.delta[key!];
    }
  }
  expect(open).toBe(false);
  return blocks;
}

describe('writing a stream', () => {
  it('writes one block after the other, whatever order they come in, and loses nothing', () => {
    fc.assert(
      fc.property(interleaving, (given) => {
        const written = checkOrder(write((sink) => tellInterleaved(sink, given)));
        for (const [n, { kind, pieces }] of given.blocks.entries()) {
          if (kind === 'tool_call')
            expect(written.filter(({ id }) => id === `c${n}`)).toMatchObject([{ text: pieces.join('') }]);
        }
        const chars = (texts: string[]): string => texts.join('').split('').sort().join('');
        expect(chars(written.map(({ text }) => text))).toBe(chars(given.blocks.flatMap(({ pieces }) => pieces)));
      }),
    );
  });

  it('holds parallel calls back until it is their turn', () => {
    const events = write((sink) => {
      sink.start(null, null);
      sink.open(0, 0, { kind: 'tool_call', id: 'a', name: 'f', text: '' });
      sink.open(1, 0, { kind: 'tool_call', id: 'b', name: 'g', text: '' });
      sink.delta(1, '{"b"');
      sink.delta(0, '{}');
      sink.delta(1, ':1}');
      sink.close(1);
      sink.close(0);
      sink.finish(0, { reason: 'tool_calls' });
      sink.end();
    });
    expect(checkOrder(events)).toEqual([
      { kind: 'tool_use', id: 'a', text: '{}' },
      { kind: 'tool_use', id: 'b', text: '{"b":1}' },
    ]);
    expect(events.at(-2)?.delta).toEqual({ stop_reason: 'tool_use', stop_sequence: null });
  });

  it('tells true totals at the end, although nothing was known at the beginning', () => {
    const usage = {
      inputTokens: 100,
      cachedInputTokens: 40,
      cacheWriteInputTokens: 10,
      cacheWrite1hInputTokens: 0,
      outputTokens: 7,
      reasoningTokens: 0,
    };
    const events = write((sink) => {
      sink.start(null, null);
      sink.open(0, 0, { kind: 'text', text: '' });
      sink.delta(0, 'a');
      sink.close(0);
      sink.usage({ ...usage, outputTokens: 3 });
      sink.finish(0, { reason: 'stop' });
      sink.usage(usage);
      sink.end();
    });
    expect(events[0]?.message.usage).toEqual({ input_tokens: 0, output_tokens: 0 });
    expect(events.at(-2)?.usage).toMatchObject({
      input_tokens: 50,
      cache_read_input_tokens: 40,
      cache_creation_input_tokens: 10,
      output_tokens: 7,
    });
  });

  it('says nothing before the provider did, and keeps the end back', () => {
    const writer = codec.client!.streamWriter(view);
    expect(writer.take()).toBe('');
    writer.start(null, null);
    expect(eventsOf(writer.take()).map(({ type }) => type)).toEqual(['message_start']);
    writer.end();
    expect(writer.take()).toBe('');
    expect(eventsOf(writer.ending()).map(({ type }) => type)).toEqual(['message_delta', 'message_stop']);
  });

  it('ends in an error event and no message_stop when broken off', () => {
    const writer = codec.client!.streamWriter(view);
    writer.start(null, null);
    const error = {
      status: 502,
      message: 'cut',
      code: 'upstream_cut',
      param: null,
      type: null,
      requestId: 'r1',
      docUrl: null,
      retryAfterSeconds: null,
    };
    expect(writer.broken(error)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"cut","code":"upstream_cut"},"request_id":"r1"}\n\n',
    );
  });

  it('bounds what it holds back, and says so', () => {
    const writer = codec.client!.streamWriter(view);
    writer.start(null, null);
    for (const n of [0, 1]) writer.open(n, 0, { kind: 'tool_call', id: `c${n}`, name: 'f', text: '' });
    for (let i = 0; i < 40; i++) writer.delta(1, 'x'.repeat(1_000_000));
    writer.close(0);
    writer.close(1);
    writer.end();
    const events = eventsOf(writer.take());
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    expect(writer.ending()).toBe('');
  });

  it('leaves out the choices its clients cannot ask for', () => {
    const second: Answer = { ...goldenAnswer, choices: [goldenAnswer.choices[0]!, goldenAnswer.choices[0]!] };
    expect(write((sink) => play(second, sink))).toEqual(write((sink) => play(goldenAnswer, sink)));
  });
});

/** What Anthropic's own SDK makes of a stream. */
async function sdkMessage(text: string): Promise<Anthropic.Message> {
  const client = new Anthropic({
    apiKey: 'k',
    maxRetries: 0,
    fetch: async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } }),
  });
  return client.messages
    .stream({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] })
    .finalMessage();
}

describe('Anthropic’s own SDK', () => {
  it('builds the answer out of our stream', async () => {
    const writer = codec.client!.streamWriter(view);
    play(goldenAnswer, writer);
    const message = await sdkMessage(writer.take() + writer.ending());
    expect(message).toMatchObject({
      id: 'msg_1',
      model: 'ours',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 'sig' },
        { type: 'redacted_thinking', data: 'red' },
        { type: 'text', text: 'Grüße 😀' },
        { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 't2', name: 'g', input: {} },
      ],
      usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 30 },
    });
  });

  it('builds the same out of a stream as it gets whole', async () => {
    const writer = codec.client!.streamWriter(view);
    play(goldenAnswer, writer);
    const streamed = await sdkMessage(writer.take() + writer.ending());
    const whole = JSON.parse(codec.client!.writeAnswer(goldenAnswer, view));
    expect({
      ...streamed,
      stop_details: undefined,
      usage: { ...streamed.usage, cache_creation: whole.usage.cache_creation },
    }).toMatchObject(whole);
  });

  it('throws our error', async () => {
    const writer = codec.client!.streamWriter(view);
    writer.start(null, null);
    const error = {
      status: 503,
      message: 'later',
      code: null,
      param: null,
      type: null,
      requestId: 'r',
      docUrl: null,
      retryAfterSeconds: null,
    };
    await expect(sdkMessage(writer.take() + writer.broken(error))).rejects.toThrow(/overloaded_error|later/);
  });
});

describe('there and back', () => {
  it('an answer played, written, read and gathered is the same', () => {
    const text = fc.string({ minLength: 1 });
    const block: fc.Arbitrary<Block> = fc.oneof(
      fc.record({ kind: fc.constant('text' as const), text }),
      fc.record({
        kind: fc.constant('reasoning' as const),
        text,
        proof: fc.record({ protocol: fc.constant('anthropic' as const), value: text }),
      }),
      fc.record({
        kind: fc.constant('tool_call' as const),
        id: fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/),
        name: text,
        text: fc.json(),
      }),
    );
    fc.assert(
      fc.property(fc.array(block), fc.array(fc.nat(5000)), (blocks, places) => {
        const called = blocks.some(({ kind }) => kind === 'tool_call');
        const finish = { reason: called ? 'tool_calls' : 'stop', raw: called ? 'tool_use' : 'end_turn' } as const;
        const answer: Answer = { id: 'msg_1', model: 'ours', choices: [{ blocks, finish }], usage: goldenAnswer.usage };
        const writer = codec.client!.streamWriter(view);
        play(answer, writer);
        expect(read(writer.take() + writer.ending(), places).answer).toEqual(answer);
      }),
    );
  });
});
