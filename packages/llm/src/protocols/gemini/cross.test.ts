import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall, Target } from '../../codec.ts';
import { wayOf } from '../../ways.ts';

const TARGET: Target = { model: 'gemini-3-pro', maxOutputTokens: null, quirks: {} };
const ANSWER = {
  candidates: [
    {
      index: 0,
      finishReason: 'STOP',
      content: {
        role: 'model',
        parts: [
          { text: 'Looking it up.', thought: true },
          { functionCall: { name: 'weather', args: { city: 'Bern' } }, thoughtSignature: 'sig-1' },
          { functionCall: { name: 'weather', args: { city: 'Rome' } } },
        ],
      },
    },
  ],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3, thoughtsTokenCount: 2, totalTokenCount: 10 },
  modelVersion: 'gemini-3-pro',
  responseId: 'abc',
};

function way() {
  const found = wayOf('openai_chat', 'gemini');
  if (!found) throw new Error('chat clients are served by Gemini');
  return found;
}

function chatCall(body: Readonly<Record<string, unknown>>, stream: boolean): ClientCall {
  return { protocol: 'openai_chat', text: JSON.stringify(body), body, model: 'ours', stream, wantsUsage: true };
}

const view = (call: ClientCall): AnswerView => ({ call, model: 'ours', id: 'req1', createdS: 7 });
const ask = { model: 'ours', messages: [{ role: 'user', content: 'Weather?' }] };

/** What Gemini is sent when the client goes on with results for what it was answered. */
function nextTurn(message: { role: string; content: null; tool_calls: { id: string }[] }) {
  const results = message.tool_calls
    .map(({ id }, i) => ({ role: 'tool', tool_call_id: id, content: `${i}°` }))
    .reverse();
  const written = way().body(chatCall({ ...ask, messages: [...ask.messages, message, ...results] }, false), TARGET);
  if ('malformed' in written) throw new Error(written.message);
  expect(written.losses).toEqual([]);
  return JSON.parse(written.body).contents;
}

const EXPECTED = [
  { role: 'user', parts: [{ text: 'Weather?' }] },
  {
    role: 'model',
    parts: [
      { functionCall: { id: 'call_abc_0', name: 'weather', args: { city: 'Bern' } }, thoughtSignature: 'sig-1' },
      { functionCall: { id: 'call_abc_1', name: 'weather', args: { city: 'Rome' } } },
    ],
  },
  {
    role: 'user',
    parts: [
      { functionResponse: { id: 'call_abc_0', name: 'weather', response: { output: '0°' } } },
      { functionResponse: { id: 'call_abc_1', name: 'weather', response: { output: '1°' } } },
    ],
  },
];

describe('a chat client of Gemini', () => {
  it('brings signatures back on the calls they came on', () => {
    const answer = way().answer(JSON.stringify(ANSWER), view(chatCall(ask, false)), TARGET);
    if (!answer || 'kind' in answer) throw new Error('no answer');
    const [choice] = JSON.parse(answer.text).choices;
    expect(choice).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        tool_calls: [
          { extra_content: { google: { thought_signature: 'sig-1' } } },
          { function: { arguments: '{"city":"Rome"}' } },
        ],
      },
    });
    expect(answer.usage).toMatchObject({ inputTokens: 5, outputTokens: 5, reasoningTokens: 2 });
    expect(nextTurn(choice.message)).toEqual(EXPECTED);
  });

  it('brings them back from a stream as well', () => {
    const stream = way().stream(view(chatCall({ ...ask, stream: true }, true)), TARGET);
    const text = stream.feed(Buffer.from(`data: ${JSON.stringify(ANSWER)}\n\n`)) + stream.end() + stream.ending();
    expect(stream.state).toBe('done');
    const calls: { id: string; function: { arguments: string } }[] = [];
    for (const line of text.split('\n\n')) {
      if (!line.startsWith('data: {')) continue;
      for (const { index, function: fn, ...rest } of JSON.parse(line.slice(6)).choices[0]?.delta.tool_calls ?? []) {
        const call = calls[index] ?? { ...rest, function: { ...fn, arguments: '' } };
        call.function.arguments += fn?.arguments ?? '';
        calls[index] = Object.assign(call, rest);
      }
    }
    expect(nextTurn({ role: 'assistant', content: null, tool_calls: calls })).toEqual(EXPECTED);
  });

  it('that lost them is helped over it', () => {
    const calls = [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }];
    const contents = nextTurn({ role: 'assistant', content: null, tool_calls: calls });
    expect(contents[1].parts[0].thoughtSignature).toBe('skip_thought_signature_validator');
  });

  it('has pictures by URL fetched for it', () => {
    const url = 'https://x.example/a.png';
    const call = chatCall(
      { ...ask, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] },
      false,
    );
    expect(way().mediaToFetch(call)).toEqual([url]);
    const written = way().body(call, TARGET, new Map([[url, { mediaType: 'image/png', data: 'AA' }]]));
    expect(written).toMatchObject({ losses: [] });
    expect('body' in written && JSON.parse(written.body).contents[0].parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'AA' } },
    ]);
  });
});

describe('a conversation that went on with another maker’s model', () => {
  const proof = 'parley.anthropic.sig';
  const contents = [
    { role: 'user', parts: [{ text: 'Hi' }] },
    {
      role: 'model',
      parts: [
        { text: '', thought: true, thoughtSignature: proof },
        { functionCall: { name: 'f', args: {} }, thoughtSignature: proof },
        { functionCall: { name: 'g', args: {} }, thoughtSignature: 'own' },
        { text: 'parley', thought_signature: proof },
      ],
    },
  ];
  const pass = (model: string) => {
    const body = { contents, n: 1 };
    const call: ClientCall = {
      protocol: 'gemini',
      text: JSON.stringify(body),
      body,
      model: 'ours',
      stream: false,
      wantsUsage: true,
    };
    const written = wayOf('gemini', 'gemini')?.body(call, { ...TARGET, model });
    return written && 'body' in written ? JSON.parse(written.body) : null;
  };

  it('goes on with Google’s without proofs it could not read', () => {
    const calls = [{ functionCall: { name: 'g', args: {} }, thoughtSignature: 'own' }, { text: 'parley' }];
    expect(pass('gemini-2.5-flash')).toEqual({
      contents: [contents[0], { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }, ...calls] }],
      n: 1,
    });
    const [call] = pass('gemini-3-pro').contents[1].parts;
    expect(call).toEqual({
      functionCall: { name: 'f', args: {} },
      thoughtSignature: 'skip_thought_signature_validator',
    });
  });
});

describe('a client of Gemini with a chat model', () => {
  it('is answered in its own words', () => {
    const back = wayOf('gemini', 'openai_chat');
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { maxOutputTokens: 5, topK: 3 },
    };
    const call: ClientCall = {
      protocol: 'gemini',
      text: JSON.stringify(body),
      body,
      model: 'ours',
      stream: true,
      wantsUsage: true,
    };
    const written = back?.body(call, { ...TARGET, model: 'gpt' });
    expect(written).toMatchObject({ losses: [{ essential: false }] });
    expect(written && 'body' in written && JSON.parse(written.body)).toMatchObject({
      model: 'gpt',
      max_tokens: 5,
      stream: true,
    });
    const stream = back?.stream(view(call), TARGET);
    const chunks = [
      { id: 'c', model: 'gpt', choices: [{ index: 0, delta: { role: 'assistant', content: 'He' } }] },
      { choices: [{ index: 0, delta: { content: 'llo' }, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 4, completion_tokens: 2 } },
      '[DONE]',
    ];
    const bytes = chunks
      .map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`)
      .join('');
    const text = `${stream?.feed(Buffer.from(bytes))}${stream?.end()}${stream?.ending()}`;
    const events = text
      .split('\n\n')
      .filter(Boolean)
      .map((event) => JSON.parse(event.slice(6)));
    expect(events.map((event) => event.candidates[0].content.parts[0].text)).toEqual(['He', 'llo', '']);
    expect(events.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 4, totalTokenCount: 6 },
    });
  });
});
