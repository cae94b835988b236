import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall } from '../../codec.ts';
import type { Answer, ProviderError } from '../../neutral/answer.ts';
import { Collector } from '../../neutral/collect.ts';
import { play } from '../../neutral/play.ts';
import type { Usage } from '../../neutral/usage.ts';
import { isProviderError } from '../../translate.ts';
import { codec } from './codec.ts';
import { PassedStream } from './passing.ts';
import { GeminiStreamReader } from './stream-reader.ts';
import { GeminiStreamWriter } from './stream-writer.ts';

const { client, provider, passing } = codec;
if (!client || !provider || !passing) throw new Error('Gemini has every side');

const usage: Usage = {
  inputTokens: 10,
  cachedInputTokens: 4,
  cacheWriteInputTokens: 0,
  cacheWrite1hInputTokens: 0,
  outputTokens: 8,
  reasoningTokens: 5,
};
const usageMetadata = {
  promptTokenCount: 10,
  cachedContentTokenCount: 4,
  candidatesTokenCount: 3,
  thoughtsTokenCount: 5,
  totalTokenCount: 18,
};
const asked: ClientCall = {
  protocol: 'gemini',
  text: '{"contents":[]}',
  body: { contents: [] },
  model: 'ours',
  stream: true,
  wantsUsage: true,
};
const view = (form?: 'json_array'): AnswerView => ({
  call: form ? { ...asked, streamForm: form } : asked,
  model: 'ours',
  id: 'req1',
  createdS: 7,
});

function response(parts: object[] | null, more: { finishReason?: string; index?: number; top?: object } = {}): object {
  const { top, ...candidate } = more;
  return {
    candidates: [{ ...(parts === null ? {} : { content: { parts, role: 'model' } }), ...candidate }],
    modelVersion: 'theirs',
    responseId: 'r-1_A',
    ...top,
  };
}

const sse = (events: readonly unknown[]): Buffer =>
  Buffer.from(
    events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\r\n\r\n`).join(''),
  );

function whole(body: unknown): Answer {
  const answer = provider?.readAnswer(JSON.stringify(body));
  if (!answer || isProviderError(answer)) throw new Error('no answer');
  return answer;
}

function stream(events: readonly unknown[]): Collector {
  const collector = new Collector();
  const reader = new GeminiStreamReader(collector);
  reader.feed(sse(events));
  reader.end();
  return collector;
}

describe('an answer of Gemini', () => {
  it('has thoughts, text, calls with ids of our own, and signatures where they stood', () => {
    const answer = whole(
      response(
        [
          { text: 'Hm', thought: true },
          { text: 'He' },
          { text: 'llo' },
          { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
          { functionCall: { name: 'f' } },
          { functionCall: { id: 'own', name: 'g', args: {} } },
        ],
        { finishReason: 'STOP', top: { usageMetadata } },
      ),
    );
    expect(answer).toEqual({
      id: 'r-1_A',
      model: 'theirs',
      usage,
      choices: [
        {
          finish: { reason: 'tool_calls', raw: 'STOP' },
          blocks: [
            { kind: 'reasoning', text: 'Hm' },
            { kind: 'text', text: 'Hello' },
            {
              kind: 'tool_call',
              id: 'call_r1A_0',
              name: 'f',
              text: '{"a":1}',
              proof: { protocol: 'gemini', value: 's' },
            },
            { kind: 'tool_call', id: 'call_r1A_1', name: 'f', text: '{}' },
            { kind: 'tool_call', id: 'own', name: 'g', text: '{}' },
          ],
        },
      ],
    });
  });

  it('gives ids no other answer has where Gemini names the answer not', () => {
    const id = () => {
      const [block] =
        whole({ candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] }, finishReason: 'STOP' }] })
          .choices[0]?.blocks ?? [];
      return block?.kind === 'tool_call' ? block.id : '';
    };
    expect(id()).toMatch(/^call_[A-Za-z0-9]{24}_0$/);
    expect(id()).not.toBe(id());
  });

  it('keeps a signature on a text, also on an empty one, as thoughts nobody can read', () => {
    const redacted = { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'gemini', value: 's' } };
    expect(
      whole(response([{ text: 'a', thoughtSignature: 's' }], { finishReason: 'STOP' })).choices[0]?.blocks,
    ).toEqual([{ kind: 'text', text: 'a' }, redacted]);
    expect(
      stream([response([{ text: 'a' }]), response([{ text: '', thoughtSignature: 's' }], { finishReason: 'STOP' })])
        .answer.choices[0]?.blocks,
    ).toEqual([{ kind: 'text', text: 'a' }, redacted]);
  });

  it('keeps the digits of arguments', () => {
    const answer = provider.readAnswer(
      '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"z":1,"id":12345678901234567890,"a":2}}}]},"finishReason":"STOP"}]}',
    );
    expect(answer).toMatchObject({ choices: [{ blocks: [{ text: '{"z":1,"id":12345678901234567890,"a":2}' }] }] });
  });

  it('has pictures, and parts only Gemini knows', () => {
    const code = { executableCode: { language: 'PYTHON', code: '1' } };
    expect(
      whole(response([{ inlineData: { mimeType: 'image/png', data: 'AA' } }, code], { finishReason: 'STOP' }))
        .choices[0]?.blocks,
    ).toEqual([
      { kind: 'image', mediaType: 'image/png', text: 'AA' },
      { kind: 'other', protocol: 'gemini', raw: code, text: '' },
    ]);
  });

  it.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['BLOCKLIST', 'content_filter'],
    ['PROHIBITED_CONTENT', 'content_filter'],
    ['SPII', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['SOMETHING_NEW', 'stop'],
    ['constructor', 'stop'],
  ])('that ends with %s ended with %s', (finishReason, reason) => {
    expect(whole(response(null, { finishReason })).choices[0]?.finish).toEqual({ reason, raw: finishReason });
  });

  it('whose prompt was refused is filtered, in a stream too', () => {
    const blocked = {
      promptFeedback: { blockReason: 'SAFETY' },
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 },
    };
    const expected = {
      choices: [{ blocks: [], finish: { reason: 'content_filter', raw: 'SAFETY' } }],
      usage: { inputTokens: 3, outputTokens: 0 },
    };
    expect(whole(blocked)).toMatchObject(expected);
    expect(stream([blocked])).toMatchObject({ answer: expected, ended: true });
  });

  it.each([
    [
      {
        promptTokenCount: 5,
        toolUsePromptTokenCount: 2,
        candidatesTokenCount: 3,
        thoughtsTokenCount: 4,
        totalTokenCount: 14,
      },
      { inputTokens: 7, outputTokens: 7, reasoningTokens: 4 },
    ],
    [
      { promptTokenCount: 5, candidatesTokenCount: 0, totalTokenCount: 5 },
      { inputTokens: 5, outputTokens: 0, reasoningTokens: 0 },
    ],
    [
      { promptTokenCount: 5, totalTokenCount: 9 },
      { inputTokens: 5, outputTokens: 4, reasoningTokens: 0 },
    ],
    [
      { promptTokenCount: -1, candidatesTokenCount: 'x', thoughtsTokenCount: null },
      { inputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
    ],
  ])('counts %j as %j', (given, counted) => {
    expect(whole(response([], { finishReason: 'STOP', top: { usageMetadata: given } })).usage).toMatchObject(counted);
  });

  it.each(['', '<html>', '[]', '{}', 'null', '"x"', '{"candidates":"x"}'])('is none: %s', (text) => {
    expect(provider.readAnswer(text)).toBeNull();
  });
});

describe('a stream of Gemini', () => {
  const events = [
    response([{ text: 'Hm', thought: true }], {
      top: { usageMetadata: { promptTokenCount: 10, totalTokenCount: 11, thoughtsTokenCount: 1 } },
    }),
    response([{ text: 'Hel' }], { finishReason: 'STOP' }),
    response([{ text: 'lo' }]),
    response([{ functionCall: { name: 'f', args: {} } }], { finishReason: 'STOP', top: { usageMetadata } }),
  ];

  it('is complete when it ends after a reason, whichever piece named it, and tells the last usage', () => {
    const { answer, ended } = stream(events);
    expect(ended).toBe(true);
    expect(answer.usage).toEqual(usage);
    expect(answer.choices).toMatchObject([
      { finish: { reason: 'tool_calls' }, blocks: [{ text: 'Hm' }, { text: 'Hello' }, { name: 'f' }] },
    ]);
  });

  it('was cut off when no reason came, for every choice', () => {
    for (const cut of [
      [],
      [response([{ text: 'a' }])],
      [response([{ text: 'a' }], { finishReason: 'STOP' }), response([{ text: 'b' }], { index: 1 })],
    ]) {
      expect(stream(cut)).toMatchObject({ ended: false, error: null });
    }
  });

  it.each([
    [
      '{"error":{"code":503,"message":"later","status":"UNAVAILABLE"}}',
      { kind: 'overloaded', status: 503, message: 'later' },
    ],
    ['[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]', { kind: 'rate_limit', status: 429 }],
    ['{oops', { kind: 'server', status: 502 }],
    ['{}', { kind: 'server' }],
    ['null', { kind: 'server' }],
  ])('fails with %s', (event, error) => {
    const collector = stream([events[0], event, events[3]]);
    expect(collector).toMatchObject({ ended: false, error });
    expect(collector.answer.choices[0]?.blocks).toHaveLength(1);
  });

  it('keeps candidates apart', () => {
    const { answer } = stream([
      response([{ text: 'a' }], { index: 0 }),
      response([{ text: 'x' }], { index: 1 }),
      response([{ text: 'b' }], { index: 0, finishReason: 'STOP' }),
      response([{ text: 'y' }], { index: 1, finishReason: 'MAX_TOKENS' }),
      response([{ text: 'z' }], { index: 10_000_000 }),
    ]);
    expect(answer.choices).toMatchObject([
      { blocks: [{ text: 'ab' }], finish: { reason: 'stop' } },
      { blocks: [{ text: 'xy' }], finish: { reason: 'length' } },
    ]);
  });
});

describe('an answer for a client of Gemini', () => {
  const answer: Answer = {
    id: null,
    model: 'theirs',
    usage,
    choices: [
      {
        finish: { reason: 'tool_calls' },
        blocks: [
          { kind: 'reasoning', text: 'Hm', proof: { protocol: 'anthropic', value: 'sig' } },
          { kind: 'text', text: 'Hello' },
          { kind: 'tool_call', id: 'toolu_1', name: 'f', text: '{"id":12345678901234567890}' },
          { kind: 'tool_call', id: 'toolu_2', name: 'g', text: '', proof: { protocol: 'gemini', value: 'own' } },
        ],
      },
    ],
  };

  it('is a response with thoughts, calls, signatures and usage in Gemini’s arithmetic', () => {
    const text = client.writeAnswer(answer, view());
    expect(text).toContain('"args":{"id":12345678901234567890}');
    expect(JSON.parse(text)).toMatchObject({
      candidates: [
        {
          index: 0,
          finishReason: 'STOP',
          content: {
            role: 'model',
            parts: [
              { text: 'Hm', thought: true, thoughtSignature: 'parley.anthropic.sig' },
              { text: 'Hello' },
              { functionCall: { id: 'toolu_1', name: 'f' } },
              { functionCall: { id: 'toolu_2', name: 'g', args: {} }, thoughtSignature: 'own' },
            ],
          },
        },
      ],
      usageMetadata,
      modelVersion: 'ours',
      responseId: 'req1',
    });
  });

  it('says of arguments that are no object what Gemini says', () => {
    const [choice] = JSON.parse(
      client.writeAnswer(
        {
          ...answer,
          choices: [
            { finish: { reason: 'tool_calls' }, blocks: [{ kind: 'tool_call', id: 'a', name: 'f', text: '{"a":' }] },
          ],
        },
        view(),
      ),
    ).candidates;
    expect(choice).toMatchObject({
      finishReason: 'MALFORMED_FUNCTION_CALL',
      finishMessage: 'Malformed function call: f({"a":)',
    });
  });

  it.each(['sse', 'json_array'] as const)('streams as %s: nothing says it is complete before its ending', (form) => {
    const writer = client.streamWriter(view(form === 'sse' ? undefined : form));
    play(answer, writer);
    const before = writer.take();
    const after = writer.ending();
    const read =
      form === 'sse'
        ? (before + after)
            .split('\n\n')
            .filter(Boolean)
            .map((event) => JSON.parse(event.slice(6)))
        : JSON.parse(before + after);
    expect(before).not.toContain('finishReason');
    expect(
      read.flatMap((each: { candidates: { content: { parts: unknown[] } }[] }) => each.candidates[0]?.content.parts),
    ).toMatchObject([
      { text: 'Hm', thought: true },
      { text: '', thought: true, thoughtSignature: 'parley.anthropic.sig' },
      { text: 'Hello' },
      { functionCall: { id: 'toolu_1', name: 'f' } },
      { functionCall: { id: 'toolu_2', name: 'g', args: {} }, thoughtSignature: 'own' },
      { text: '' },
    ]);
    expect(read.at(-1)).toMatchObject({ candidates: [{ finishReason: 'STOP', index: 0 }], usageMetadata });
    for (const each of read) expect(each).toMatchObject({ modelVersion: 'ours', responseId: 'req1' });
  });

  it.each(['sse', 'json_array'] as const)('ends a broken stream (%s) with an error and no reason', (form) => {
    const writer = client.streamWriter(view(form === 'sse' ? undefined : form));
    writer.open(0, 0, { kind: 'text', text: '' });
    writer.delta(0, 'Hi');
    const text =
      writer.take() +
      writer.broken({
        status: 502,
        message: 'cut',
        code: 'upstream_cut',
        param: null,
        type: null,
        requestId: 'r',
        docUrl: null,
        retryAfterSeconds: null,
      });
    const read =
      form === 'sse'
        ? text
            .split('\n\n')
            .filter(Boolean)
            .map((event) => JSON.parse(event.slice(6)))
        : JSON.parse(text);
    expect(read).toHaveLength(2);
    expect(read[1]).toMatchObject({ error: { code: 502, status: 'UNAVAILABLE', message: 'cut' } });
    expect(text).not.toContain('finishReason');
  });
});

describe('errors', () => {
  it('have Google’s form', () => {
    expect(
      JSON.parse(
        client.errorBody({
          status: 429,
          message: 'Slow down.',
          code: 'rate_limited',
          param: 'contents',
          type: null,
          requestId: 'r',
          docUrl: 'https://d.example',
          retryAfterSeconds: 3,
        }),
      ),
    ).toEqual({
      error: {
        code: 429,
        message: 'Slow down.',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'rate_limited',
            domain: 'parley',
            metadata: { requestId: 'r', field: 'contents' },
          },
          {
            '@type': 'type.googleapis.com/google.rpc.Help',
            links: [{ description: 'What this means and what to do', url: 'https://d.example' }],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' },
        ],
      },
    });
  });

  it.each([
    [400, { status: 'INVALID_ARGUMENT', message: 'Unknown name' }, 'invalid_request'],
    [400, { status: 'INVALID_ARGUMENT', message: 'API key not valid. Please pass a valid API key.' }, 'authentication'],
    [400, { status: 'INVALID_ARGUMENT', message: 'x', details: [{ reason: 'API_KEY_INVALID' }] }, 'authentication'],
    [
      400,
      {
        status: 'INVALID_ARGUMENT',
        message: 'The input token count (5) exceeds the maximum number of tokens allowed (4).',
      },
      'context_window',
    ],
    [400, { status: 'FAILED_PRECONDITION', message: 'Please enable billing on your project' }, 'quota'],
    [403, { status: 'PERMISSION_DENIED', message: 'no' }, 'permission'],
    [404, { status: 'NOT_FOUND', message: 'no' }, 'not_found'],
    [
      429,
      {
        status: 'RESOURCE_EXHAUSTED',
        message: 'You exceeded your current quota, please check your plan and billing details.',
      },
      'rate_limit',
    ],
    [429, { status: 'RESOURCE_EXHAUSTED', message: 'Your prepayment credits are depleted.' }, 'quota'],
    [500, { status: 'INTERNAL', message: 'oh' }, 'server'],
    [503, { status: 'UNAVAILABLE', message: 'overloaded' }, 'overloaded'],
    [504, { status: 'DEADLINE_EXCEEDED', message: 'slow' }, 'timeout'],
  ])('of status %s with %j are %s', (status, error, kind) => {
    expect(provider.readError(JSON.stringify({ error: { code: status, ...error } }), status)).toMatchObject({
      kind,
      status,
      type: error.status,
    });
  });

  it('say when to try again, which Google says in no header', () => {
    const error = {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message: 'x',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '21.4s' }],
    };
    expect(provider.readError(JSON.stringify({ error }), 429)).toMatchObject({
      retryAfterSeconds: 22,
    } satisfies Partial<ProviderError>);
  });

  it('are none in what holds none', () => {
    for (const text of ['', '<html>', '{}', '[]', '{"error":null}']) expect(provider.readError(text, 500)).toBeNull();
  });
});

describe('the same protocol on both sides', () => {
  it('keeps every byte but the model’s name', () => {
    const text =
      '{"candidates":[{"content":{"parts":[{"text":"\\u00e9"}]},"finishReason":"STOP"}],  "modelVersion" : "theirs","n":1.0}';
    const passed = passing.answer(text, view());
    expect(passed).toMatchObject({
      text: text.replace('"modelVersion" : "theirs"', '"modelVersion" : "ours"'),
      providerModel: 'theirs',
      finishReason: 'stop',
    });
    expect(passing.answer('{"error":{"code":500,"message":"x"}}', view())).toMatchObject({ kind: 'server' });
    expect(passing.body(asked, { model: 'theirs', maxOutputTokens: null, quirks: {} })).toBe(asked.text);
  });

  it.each(['sse', 'json_array'] as const)('passes a stream as %s, and holds back what completes it', (form) => {
    const events = [
      response([{ text: 'a' }]),
      response([{ text: 'b' }], { finishReason: 'STOP' }),
      response([{ text: 'c' }], { finishReason: 'STOP', top: { usageMetadata } }),
    ];
    const passed = new PassedStream(view(form === 'sse' ? undefined : form));
    const before = passed.feed(sse(events)) + passed.end();
    expect(passed).toMatchObject({
      state: 'done',
      usage,
      providerModel: 'theirs',
      finishReason: 'stop',
      sawOutput: true,
    });
    expect(passed.output()).toEqual({ text: 'abc', droppedChars: 0 });
    const text = before + passed.ending();
    const read =
      form === 'sse'
        ? text
            .split('\n\n')
            .filter(Boolean)
            .map((event) => JSON.parse(event.slice(6)))
        : JSON.parse(text);
    expect(read).toEqual(events.map((event) => ({ ...event, modelVersion: 'ours' })));
    expect(before).not.toContain('usageMetadata');
  });

  it('shows a cut stream as cut', () => {
    const passed = new PassedStream(view());
    passed.feed(sse([response([{ text: 'a' }])]));
    passed.end();
    expect(passed.state).toBe('open');
    const failing = new PassedStream(view());
    expect(
      failing.feed(sse([response([{ text: 'a' }], { finishReason: 'STOP' }), '{"error":{"code":503,"message":"x"}}'])),
    ).toBe('');
    expect(failing).toMatchObject({ state: 'failed', error: { kind: 'overloaded' } });
  });
});

describe('a stream of Gemini for a client of Gemini, by way of the neutral form', () => {
  it('says the same', () => {
    const writer = new GeminiStreamWriter(view());
    const reader = new GeminiStreamReader(writer);
    const events = [
      response([{ text: 'Hm', thought: true }]),
      response([{ functionCall: { id: 'i', name: 'f', args: { a: 1 } }, thoughtSignature: 's' }], {
        finishReason: 'STOP',
        top: { usageMetadata },
      }),
    ];
    reader.feed(sse(events));
    reader.end();
    const text = writer.take() + writer.ending();
    const again = stream(
      text
        .split('\n\n')
        .filter(Boolean)
        .map((event) => event.slice(6)),
    );
    expect(again.answer.choices).toEqual(stream(events).answer.choices);
    expect(again.answer.usage).toEqual(usage);
  });
});
