import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call, Turn } from '../neutral/call.ts';
import { codecOf } from '../ways.ts';
import { CLIENT_PROTOCOLS, type ClientProtocol, clientRequest, readClientRequest } from './client-request.ts';
import { differencesOf, memberDifferences } from './differences.ts';

const word = fc.stringMatching(/^[A-Za-z][a-z]{1,9}$/);
const text = word.map((value) => ({ kind: 'text', text: value }) as const);
const image = fc.constant({
  kind: 'image',
  source: { kind: 'data', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
} as const);
const exchange = fc
  .record({ asks: fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 3 }), answers: text, calls: fc.nat(2) })
  .map(({ asks, answers, calls }): Turn[] => {
    const ids = Array.from({ length: calls }, (_, at) => `call_${at}`);
    return [
      { role: 'user', parts: asks },
      {
        role: 'assistant',
        parts: [
          answers,
          ...ids.map((id) => ({ kind: 'tool_call', id, name: 'look', arguments: '{"at":"sea"}' }) as const),
        ],
      },
      ...(calls === 0
        ? []
        : ([
            {
              role: 'user',
              parts: ids.map((callId) => ({ kind: 'tool_result', callId, name: 'look', parts: [answers] }) as const),
            },
            { role: 'assistant', parts: [answers] },
          ] as const)),
    ];
  });
const parameters = { type: 'object', properties: { at: { type: 'string', description: 'Where' } }, required: ['at'] };
const call: fc.Arbitrary<Call> = fc
  .record({
    system: fc.option(word),
    exchanges: fc.array(exchange, { maxLength: 2 }),
    last: text,
    stream: fc.boolean(),
    tools: fc.constantFrom([], [{ kind: 'function', name: 'look', description: 'Looks', parameters } as const]),
    toolChoice: fc.constantFrom(undefined, 'none' as const, 'any' as const, { tool: 'look' }),
    maxOutputTokens: fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined }),
    temperature: fc.option(fc.constantFrom(0, 0.5, 1, 1.5), { nil: undefined }),
    topP: fc.option(fc.constantFrom(0.1, 1), { nil: undefined }),
    stop: fc.option(fc.constant(['END']), { nil: undefined }),
    seed: fc.option(fc.nat(99), { nil: undefined }),
    frequencyPenalty: fc.option(fc.constantFrom(0.5), { nil: undefined }),
    output: fc.constantFrom(undefined, {
      kind: 'json_schema',
      name: 'answer',
      schema: { ...parameters, additionalProperties: false },
    } as const),
  })
  .map(({ system, exchanges, last, ...rest }) => ({
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as typeof rest),
    protocol: 'openai_chat',
    model: 'ours',
    extra: {},
    turns: [
      ...(system === null ? [] : [{ role: 'system', parts: [{ kind: 'text', text: system }] } as const]),
      ...exchanges.flat(),
      { role: 'user', parts: [last] },
    ],
  })) as fc.Arbitrary<Call>;

function readBack(asked: Call, protocol: ClientProtocol): { call: Call; lost: string[] } {
  const request = clientRequest(asked, protocol);
  const seen = readClientRequest(request, asked);
  if ('malformed' in seen) throw new Error(`${protocol}: ${seen.message}`);
  const read = codecOf(protocol)?.client?.read(seen);
  if (!read || 'malformed' in read) throw new Error(`${protocol}: ${read?.param} ${read?.message}`);
  return { call: read, lost: request.losses.map(({ path }) => path) };
}

/** Gemini's schemas have no `additionalProperties`. */
function withOpenSchema(given: Call): Call {
  return given.output?.kind === 'json_schema' ? { ...given, output: { ...given.output, schema: parameters } } : given;
}

describe('a conversation as a client’s request', () => {
  it.each(CLIENT_PROTOCOLS)('means the same read back, but for what is named as lost (%s)', (protocol) => {
    fc.assert(
      fc.property(call, (given) => {
        const asked = protocol === 'gemini' ? withOpenSchema(given) : given;
        const { call: back, lost } = readBack(asked, protocol);
        expect(back.stream).toBe(asked.stream);
        const untold = differencesOf(asked, back).filter(
          // Anthropic must be given a bound where the client gave none.
          ({ field, from }) => !lost.includes(field) && !(field === 'max_tokens' && from === null),
        );
        expect(untold).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('is addressed as the protocol has it', () => {
    const asked = { protocol: 'openai_chat', model: 'a/b', stream: true, turns: [], tools: [], extra: {} } as const;
    expect(CLIENT_PROTOCOLS.map((protocol) => clientRequest(asked, protocol).path)).toEqual([
      '/v1/chat/completions',
      '/v1/responses',
      '/v1/messages',
      '/v1beta/models/a%2Fb:streamGenerateContent?alt=sse',
    ]);
    expect(clientRequest(asked, 'anthropic')).toMatchObject({ keyHeader: { name: 'x-api-key', prefix: '' } });
    expect(JSON.parse(clientRequest(asked, 'anthropic').body)).toMatchObject({ model: 'a/b' });
  });
});

it('differences name what changed and hold still where nothing did', () => {
  const meant: Call = {
    protocol: 'openai_chat',
    model: 'ours',
    stream: false,
    tools: [{ kind: 'function', name: 'look', parameters }],
    temperature: 1.5,
    turns: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }],
    extra: {},
  };
  expect(differencesOf(meant, meant)).toEqual([]);
  expect(differencesOf(meant, { ...meant, model: 'theirs', temperature: 1, tools: [], turns: [] })).toEqual([
    { field: 'model', from: '"ours"', to: '"theirs"' },
    { field: 'messages', from: 'user', to: '' },
    { field: 'tools.look', from: expect.stringContaining('"at"'), to: null },
    { field: 'temperature', from: '1.5', to: '1' },
  ]);
  expect(
    memberDifferences('{"model":"a","n":1,"x":{"b":1,"a":2}}', '{"model":"b","x":{"a":2,"b":1},"s":true}'),
  ).toEqual([
    { field: 'model', from: '"a"', to: '"b"' },
    { field: 'n', from: '1', to: null },
    { field: 's', from: null, to: 'true' },
  ]);
});
