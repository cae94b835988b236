import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../../codec.ts';
import type { Call, Part, Turn } from '../../neutral/call.ts';
import { Collector } from '../../neutral/collect.ts';
import { isProviderError } from '../../translate.ts';
import { codec } from './codec.ts';
import { CohereStreamReader } from './stream-reader.ts';

const { provider } = codec;
if (!provider) throw new Error('Cohere has a provider side');
const TARGET: Target = { model: 'command-a', maxOutputTokens: null, quirks: {} };

function write(turns: readonly Turn[], more: Partial<Call> = {}, target = TARGET) {
  const call: Call = { protocol: 'openai_chat', model: 'm', stream: false, turns, tools: [], extra: {}, ...more };
  const { body, losses } = provider?.write(call, target) ?? { body: '', losses: [] };
  return { body: JSON.parse(body), losses };
}

const user = (...parts: Part[]): Turn => ({ role: 'user', parts });
const text = (value: string): Part => ({ kind: 'text', text: value });
const schema = { type: 'object', properties: { a: { type: 'string' } } };

describe('a call to Cohere', () => {
  it('has its turns as messages, with results of tools one message each', () => {
    const { body, losses } = write([
      { role: 'system', parts: [text('S')] },
      user(text('a'), text('b')),
      {
        role: 'assistant',
        parts: [
          { kind: 'reasoning', text: 'I will look.', proof: { protocol: 'cohere', value: 'tool_plan' } },
          { kind: 'reasoning', text: 'foreign', proof: { protocol: 'anthropic', value: 'x' } },
          { kind: 'tool_call', id: 'c1', name: 'f', arguments: '{"id":12345678901234567890}' },
        ],
      },
      user({ kind: 'tool_result', callId: 'c1', parts: [{ kind: 'text', text: 'no' }], isError: true }, text('so?')),
      {
        role: 'assistant',
        parts: [{ kind: 'reasoning', text: 'Hm', proof: { protocol: 'cohere', value: 'thinking' } }, text('Yes')],
      },
    ]);
    expect(losses).toEqual([]);
    expect(body).toEqual({
      model: 'command-a',
      stream: false,
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'a\nb' },
        {
          role: 'assistant',
          tool_plan: 'I will look.',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"id":12345678901234567890}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'Error: no' },
        { role: 'user', content: 'so?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm' },
            { type: 'text', text: 'Yes' },
          ],
        },
      ],
    });
  });

  it('has pictures in place or by URL, and no other media', () => {
    const image = (url: string): Part => ({ kind: 'image', source: { kind: 'url', url }, detail: 'low' });
    const { body, losses } = write([
      user(image('https://x.example/a.png'), {
        kind: 'audio',
        source: { kind: 'data', mediaType: 'audio/wav', data: '' },
      }),
      user({ kind: 'document', name: 'n', source: { kind: 'text', text: 'D' } }),
    ]);
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'low' } }] },
      { role: 'user', content: 'n\n\nD' },
    ]);
    expect(losses).toMatchObject([{ path: 'messages[0].content[1]', essential: true }]);
  });

  it('has settings under Cohere’s names, within its bounds', () => {
    const { body, losses } = write([user(text('x'))], {
      stream: true,
      maxOutputTokens: 9,
      stop: ['a'],
      temperature: 0.5,
      topP: 1,
      topK: 3,
      seed: 4,
      frequencyPenalty: -1,
      presencePenalty: 0.5,
      output: { kind: 'json_schema', name: 'n', schema },
      logprobs: { top: 0 },
    });
    expect(body).toMatchObject({
      stream: true,
      max_tokens: 9,
      stop_sequences: ['a'],
      temperature: 0.5,
      p: 0.99,
      k: 3,
      seed: 4,
      frequency_penalty: 0,
      presence_penalty: 0.5,
      response_format: { type: 'json_object', json_schema: schema },
      logprobs: true,
    });
    expect(losses.map((loss) => loss.path)).toEqual(['frequency_penalty']);
  });

  it('is asked for no more heat than it takes', () => {
    const { body, losses } = write([user(text('x'))], { temperature: 1.5 });
    expect([body, losses]).toMatchObject([{ temperature: 1 }, [{ path: 'temperature', essential: false }]]);
  });

  it.each([
    ['auto', undefined, 2],
    ['none', 'NONE', 2],
    ['any', 'REQUIRED', 2],
    [{ tool: 'g' }, 'REQUIRED', 1],
  ] as const)('chooses tools: %j', (toolChoice, written, offered) => {
    const tools = [
      { kind: 'function', name: 'f', parameters: schema, strict: true },
      { kind: 'function', name: 'g', strict: true },
    ] as const;
    const { body } = write([user(text('x'))], { tools, toolChoice });
    expect(body.tool_choice).toBe(written);
    expect(body.tools).toHaveLength(offered);
    expect(body.tools.at(-1)).toEqual({
      type: 'function',
      function: { name: 'g', parameters: { type: 'object', properties: {} } },
    });
    expect(body.strict_tools).toBe(true);
  });

  it('thinks where the model can', () => {
    const reasoning = { mode: 'on', effort: 'low' } as const;
    const thinker = { ...TARGET, model: 'command-a-reasoning-08-2025' };
    expect(write([user(text('x'))], { reasoning }, thinker).body.thinking).toEqual({
      type: 'enabled',
      token_budget: 2048,
    });
    expect(write([user(text('x'))], { reasoning: { mode: 'off' } }, thinker).body.thinking).toEqual({
      type: 'disabled',
    });
    expect(write([user(text('x'))], { reasoning })).toMatchObject({
      losses: [{ path: 'reasoning', essential: false }],
    });
  });

  it('names what it cannot be told', () => {
    const { losses } = write([user(text('x'))], {
      choices: 2,
      user: 'u',
      extra: { logit_bias: {} },
      tools: [{ kind: 'other', protocol: 'openai_chat', path: 'tools[0]', raw: {} }],
    });
    expect(losses.map(({ path, essential }) => [path, essential])).toEqual([
      ['tools[0]', true],
      ['user', false],
      ['logit_bias', false],
      ['n', true],
    ]);
  });
});

const usage = {
  billed_units: { input_tokens: 10, output_tokens: 4 },
  tokens: { input_tokens: 70, output_tokens: 6 },
  cached_tokens: 3,
};
const EVENTS = [
  {
    type: 'message-start',
    id: 'm1',
    delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [] } },
  },
  { type: 'tool-plan-delta', delta: { message: { tool_plan: 'I will ' } } },
  { type: 'tool-plan-delta', delta: { message: { tool_plan: 'look.' } } },
  {
    type: 'tool-call-start',
    index: 0,
    delta: { message: { tool_calls: { id: 'c1', type: 'function', function: { name: 'f', arguments: '' } } } },
  },
  { type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: '{"a"' } } } } },
  { type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: ':1}' } } } } },
  { type: 'tool-call-end', index: 0 },
  {
    type: 'tool-call-start',
    index: 1,
    delta: { message: { tool_calls: { id: 'c2', type: 'function', function: { name: 'g' } } } },
  },
  { type: 'tool-call-end', index: 1 },
  { type: 'content-start', index: 0, delta: { message: { content: { type: 'thinking', thinking: '' } } } },
  { type: 'content-delta', index: 0, delta: { message: { content: { thinking: 'Hm' } } } },
  { type: 'content-end', index: 0 },
  { type: 'content-start', index: 1, delta: { message: { content: { type: 'text', text: '' } } } },
  { type: 'content-delta', index: 1, delta: { message: { content: { text: 'Hallo' } } } },
  { type: 'content-delta', index: 1, delta: { message: { content: { text: ' 😀' } } } },
  { type: 'citation-start', index: 0, delta: { message: { citations: { start: 0, end: 5 } } } },
  { type: 'content-end', index: 1 },
  { type: 'message-end', delta: { finish_reason: 'TOOL_CALL', usage } },
];
const BLOCKS = [
  { kind: 'reasoning', text: 'I will look.', proof: { protocol: 'cohere', value: 'tool_plan' } },
  { kind: 'tool_call', id: 'c1', name: 'f', text: '{"a":1}' },
  { kind: 'tool_call', id: 'c2', name: 'g', text: '{}' },
  { kind: 'reasoning', text: 'Hm', proof: { protocol: 'cohere', value: 'thinking' } },
  { kind: 'text', text: 'Hallo 😀' },
];
const COUNTED = {
  inputTokens: 10,
  cachedInputTokens: 3,
  cacheWriteInputTokens: 0,
  cacheWrite1hInputTokens: 0,
  outputTokens: 4,
  reasoningTokens: 0,
};

function stream(events: readonly unknown[], cuts: readonly number[] = []): Collector {
  const collector = new Collector();
  const reader = new CohereStreamReader(collector);
  const bytes = Buffer.from(
    events.map((event) => `event: x\ndata: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join(''),
  );
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  for (const [i, end] of [...places, bytes.length].entries()) reader.feed(bytes.subarray(places[i - 1] ?? 0, end));
  reader.end();
  return collector;
}

describe('a stream of Cohere', () => {
  it('says the same in any chunking', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000)), (cuts) => {
        const { answer, ended } = stream(EVENTS, cuts);
        expect(ended).toBe(true);
        expect(answer).toEqual({
          id: 'm1',
          model: null,
          choices: [{ blocks: BLOCKS, finish: { reason: 'tool_calls', raw: 'TOOL_CALL' } }],
          usage: COUNTED,
        });
      }),
    );
  });

  it('was cut off without its last event', () => {
    expect(stream(EVENTS.slice(0, -1))).toMatchObject({ ended: false, error: null });
  });

  it.each([
    [
      { type: 'message-end', delta: { finish_reason: 'ERROR', error: 'oh' } },
      { kind: 'server', message: 'oh' },
    ],
    [{ type: 'message-end', delta: { finish_reason: 'TIMEOUT' } }, { kind: 'timeout' }],
    [{ message: 'too many tokens' }, { kind: 'server', message: 'too many tokens' }],
    ['{oops', { kind: 'server' }],
    ['[]', { kind: 'server' }],
  ])('fails with %j', (event, error) => {
    expect(stream([EVENTS[0], event, ...EVENTS.slice(1)])).toMatchObject({ ended: false, error });
  });

  it('passes over events nobody knows', () => {
    expect(
      stream([EVENTS[0], { type: 'debug', prompt: 'x' }, { type: 'new-thing' }, EVENTS.at(-1), '[DONE]']),
    ).toMatchObject({ ended: true, error: null });
  });
});

describe('a whole answer of Cohere', () => {
  it('is what its stream would have said', () => {
    const message = {
      role: 'assistant',
      tool_plan: 'I will look.',
      content: [
        { type: 'thinking', thinking: 'Hm' },
        { type: 'text', text: 'Hallo 😀' },
      ],
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
    };
    expect(provider.readAnswer(JSON.stringify({ id: 'm1', finish_reason: 'TOOL_CALL', message, usage }))).toEqual({
      id: 'm1',
      model: null,
      choices: [
        { blocks: [BLOCKS[0], BLOCKS[3], BLOCKS[4], BLOCKS[1]], finish: { reason: 'tool_calls', raw: 'TOOL_CALL' } },
      ],
      usage: COUNTED,
    });
  });

  it.each([
    ['COMPLETE', 'stop'],
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['ERROR_TOXIC', 'content_filter'],
    ['NEW', 'stop'],
  ])('that ends with %s ended with %s', (raw, reason) => {
    expect(provider.readAnswer(JSON.stringify({ finish_reason: raw, message: {} }))).toMatchObject({
      choices: [{ finish: { reason, raw } }],
      usage: null,
    });
  });

  it('that failed is no answer', () => {
    expect(provider.readAnswer('{"finish_reason":"ERROR","message":{}}')).toMatchObject({ kind: 'server' });
    for (const none of ['', '[]', '{}', '{"message":5}']) expect(provider.readAnswer(none)).toBeNull();
  });

  it('counts what Cohere bills, or all tokens where it says no more', () => {
    expect(
      provider.readAnswer(
        JSON.stringify({
          finish_reason: 'COMPLETE',
          message: {},
          usage: { tokens: { input_tokens: 7, output_tokens: 1 } },
        }),
      ),
    ).toMatchObject({ usage: { inputTokens: 7, outputTokens: 1 } });
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ message: value, finish_reason: value, usage: value });
        const answer = provider.readAnswer(text);
        expect(answer === null || isProviderError(answer) || answer.choices.length === 1).toBe(true);
        expect(
          stream([
            { type: 'content-delta', delta: value },
            { type: 'tool-call-start', delta: { message: { tool_calls: value } } },
            value,
          ]).ended,
        ).toBe(false);
      }),
    );
  });
});

describe('errors of Cohere', () => {
  it.each([
    [401, 'invalid api token', 'authentication'],
    [400, 'too many tokens: max tokens must be less than 4096', 'context_window'],
    [429, 'You are using a Trial key, which is limited to 1000 API calls / month.', 'quota'],
    [429, 'slow down', 'rate_limit'],
    [498, 'blocked', 'content_policy'],
    [500, 'oh', 'server'],
  ])('of status %s with “%s” are %s', (status, message, kind) => {
    expect(provider.readError(JSON.stringify({ id: '1', message }), status)).toMatchObject({ kind, status, message });
  });

  it('are none in what holds none', () => {
    for (const text of ['', '<html>', '{}', '[]']) expect(provider.readError(text, 500)).toBeNull();
  });
});
