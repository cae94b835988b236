import { describe, expect, it } from 'vitest';
import type { Target } from '../../codec.ts';
import type { Call, Part, Tool, Turn } from '../../neutral/call.ts';
import { withMedia } from '../../neutral/media.ts';
import { parseGeminiAddress } from './address.ts';
import { codec } from './codec.ts';
import { NO_SIGNATURE } from './write-contents.ts';

const G3: Target = { model: 'gemini-3-pro-preview', maxOutputTokens: null, quirks: {} };
const FLASH: Target = { ...G3, model: 'gemini-2.5-flash' };
const VERTEX: Target = { ...FLASH, quirks: { toolCallIds: false } };

function call(turns: readonly Turn[], more: Partial<Call> = {}): Call {
  return { protocol: 'openai_chat', model: 'm', stream: false, turns, tools: [], extra: {}, ...more };
}

function write(given: Call, target = FLASH) {
  const request = codec.provider?.write(given, target);
  if (!request) throw new Error('no provider side');
  return { body: JSON.parse(request.body), losses: request.losses };
}

const user = (...parts: Part[]): Turn => ({ role: 'user', parts });
const assistant = (...parts: Part[]): Turn => ({ role: 'assistant', parts });
const text = (value: string): Part => ({ kind: 'text', text: value });
const toolCall = (id: string, name: string, args = '{}', proof?: string): Part => ({
  kind: 'tool_call',
  id,
  name,
  arguments: args,
  ...(proof === undefined ? {} : { proof: { protocol: 'gemini', value: proof } }),
});
const result = (callId: string, value: string, isError = false): Part => ({
  kind: 'tool_result',
  callId,
  parts: [{ kind: 'text', text: value }],
  ...(isError ? { isError } : {}),
});
const tool = (name: string, parameters?: object, strict?: boolean): Tool => ({
  kind: 'function',
  name,
  ...(parameters ? { parameters: parameters as Record<string, unknown> } : {}),
  ...(strict === undefined ? {} : { strict }),
});

describe('contents', () => {
  it('gather instructions from wherever they stood and merge turns of one role', () => {
    const { body, losses } = write(
      call([
        { role: 'system', parts: [text('A')] },
        user(text('1')),
        user(text('2')),
        { role: 'system', parts: [text('B')] },
        assistant(text('3')),
      ]),
    );
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] },
      contents: [
        { role: 'user', parts: [{ text: '1' }, { text: '2' }] },
        { role: 'model', parts: [{ text: '3' }] },
      ],
    });
    expect(losses).toEqual([]);
  });

  it.each([[[]], [[assistant(text('Hello'))]], [[user(text(''))]]])(
    'begin with the user, and are never empty',
    (turns) => {
      const { contents } = write(call([{ role: 'system', parts: [text('S')] }, ...turns])).body;
      expect(contents[0].role).toBe('user');
      expect(contents[0].parts).not.toEqual([]);
    },
  );

  it('have results first, in the order of the calls, and all in one turn', () => {
    const { body } = write(
      call([
        user(text('go')),
        assistant(text('ok'), toolCall('a', 'f', '{"n":1}'), toolCall('b', 'f', '{"n":2}')),
        user(result('b', '[1]')),
        user(result('a', '{"x":1}'), text('and?')),
      ]),
      VERTEX,
    );
    expect(body.contents[1].parts).toEqual([
      { text: 'ok' },
      { functionCall: { name: 'f', args: { n: 1 } } },
      { functionCall: { name: 'f', args: { n: 2 } } },
    ]);
    expect(body.contents).toHaveLength(3);
    expect(body.contents[2].parts).toEqual([
      { functionResponse: { name: 'f', response: { x: 1 } } },
      { functionResponse: { name: 'f', response: { output: [1] } } },
      { text: 'and?' },
    ]);
  });

  it('keep the digits of arguments and results', () => {
    const digits = '{"id":12345678901234567890}';
    const request = codec.provider?.write(
      call([assistant(toolCall('a', 'f', digits)), user(result('a', digits))]),
      FLASH,
    );
    expect(request?.body).toContain(`"args":${digits}`);
    expect(request?.body).toContain(`"response":${digits}`);
  });

  it('have ids where they are known, and errors of tools as such', () => {
    const { body } = write(call([user(text('x')), assistant(toolCall('a', 'f')), user(result('a', 'no', true))]));
    expect(body.contents[1].parts).toEqual([{ functionCall: { id: 'a', name: 'f', args: {} } }]);
    expect(body.contents[2].parts).toEqual([{ functionResponse: { id: 'a', name: 'f', response: { error: 'no' } } }]);
  });

  it('hand arguments that are no object on as a text, and say so', () => {
    const { body, losses } = write(call([user(text('x')), assistant(toolCall('a', 'f', '{oops'))]));
    expect(body.contents[1].parts[0].functionCall.args).toEqual({ arguments: '{oops' });
    expect(losses).toMatchObject([{ path: 'messages[1].content[0]', essential: false }]);
  });

  it('put the pictures of a result after it', () => {
    const picture: Part = {
      kind: 'tool_result',
      callId: 'a',
      parts: [
        { kind: 'text', text: 'see' },
        { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA' } },
      ],
    };
    const { body } = write(call([user(text('x')), assistant(toolCall('a', 'f')), user(picture, text('?'))]));
    expect(body.contents[2].parts).toEqual([
      { functionResponse: { id: 'a', name: 'f', response: { output: 'see' } } },
      { inlineData: { mimeType: 'image/png', data: 'AA' } },
      { text: '?' },
    ]);
  });
});

describe('thought signatures', () => {
  it('go back on the part they came with', () => {
    const turns = [
      user(text('x')),
      assistant(
        { kind: 'reasoning', text: 'T', proof: { protocol: 'gemini', value: 'p' } },
        text('a'),
        { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'gemini', value: 'q' } },
        toolCall('a', 'f', '{}', 's'),
        toolCall('b', 'f'),
      ),
    ];
    expect(write(call(turns), G3).body.contents[1].parts).toEqual([
      { text: 'T', thought: true, thoughtSignature: 'p' },
      { text: 'a' },
      { text: '', thoughtSignature: 'q' },
      { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 's' },
      { functionCall: { id: 'b', name: 'f', args: {} } },
    ]);
  });

  it('of another maker are left out, and Gemini 3 is told that there is none', () => {
    const foreign: Part = {
      kind: 'tool_call',
      id: 'a',
      name: 'f',
      arguments: '{}',
      proof: { protocol: 'anthropic', value: 'x' },
    };
    const thought: Part = { kind: 'reasoning', text: 'T', proof: { protocol: 'anthropic', value: 'y' } };
    const turns = [user(text('x')), assistant(thought, foreign, toolCall('b', 'g'))];
    const signatures = (target: Target) =>
      write(call(turns), target).body.contents[1].parts.map(
        (part: { thoughtSignature?: string }) => part.thoughtSignature,
      );
    expect(signatures(G3)).toEqual([NO_SIGNATURE, undefined]);
    expect(signatures(FLASH)).toEqual([undefined, undefined]);
  });
});

describe('media', () => {
  const image = (url: string): Part => ({ kind: 'image', source: { kind: 'url', url } });

  it('by URL has to be fetched, or is a loss; Google’s own addresses are handed on', () => {
    const given = call([
      user(image('https://x.example/a.png'), image('gs://b/c.png'), image('https://x.example/a.png')),
    ]);
    expect(codec.provider?.mediaToFetch?.(given)).toEqual(['https://x.example/a.png']);
    const { body, losses } = write(given);
    expect(body.contents[0].parts).toEqual([{ fileData: { mimeType: 'image/png', fileUri: 'gs://b/c.png' } }]);
    expect(losses).toMatchObject([
      { path: 'messages[0].content[0]', essential: true },
      { path: 'messages[0].content[2]' },
    ]);
    const fetched = withMedia(given, new Map([['https://x.example/a.png', { mediaType: 'image/webp', data: 'BB' }]]));
    expect(write(fetched).losses).toEqual([]);
    expect(write(fetched).body.contents[0].parts[0]).toEqual({ inlineData: { mimeType: 'image/webp', data: 'BB' } });
  });

  it('in results of tools is found too', () => {
    const given = call([
      user({ kind: 'tool_result', callId: 'a', parts: [image('https://x.example/b.png') as never] }),
    ]);
    expect(codec.provider?.mediaToFetch?.(given)).toEqual(['https://x.example/b.png']);
    expect(
      write(withMedia(given, new Map([['https://x.example/b.png', { mediaType: 'image/png', data: 'CC' }]]))).losses,
    ).toEqual([]);
  });

  it('of another provider’s store cannot be told', () => {
    const { losses } = write(
      call([user({ kind: 'document', source: { kind: 'file', id: 'file-1', protocol: 'openai_chat' } })]),
    );
    expect(losses).toMatchObject([{ essential: true }]);
  });
});

describe('tools', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };

  it('are declared in Gemini’s subset, without a schema where there is nothing to give', () => {
    const { body } = write(
      call([user(text('x'))], { tools: [tool('f', schema), tool('g', { type: 'object', properties: {} }), tool('h')] }),
    );
    expect(body.tools).toEqual([
      {
        functionDeclarations: [
          {
            name: 'f',
            description: '',
            parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
          },
          { name: 'g', description: '' },
          { name: 'h', description: '' },
        ],
      },
    ]);
  });

  it('with schemas the subset cannot say are declared in JSON Schema where the model takes it', () => {
    const hard = { ...schema, properties: { a: { type: 'integer', enum: [1, 2] } }, $schema: 'x' };
    const { $schema: _dialect, ...plain } = hard;
    expect(write(call([user(text('x'))], { tools: [tool('f', hard)] })).body.tools[0].functionDeclarations[0]).toEqual({
      name: 'f',
      description: '',
      parametersJsonSchema: plain,
    });
    const old = write(call([user(text('x'))], { tools: [tool('f', hard)] }), { ...FLASH, model: 'gemini-2.0-flash' });
    expect(old.losses).toMatchObject([{ path: 'tools.f.parameters', essential: false }]);
  });

  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['any', { mode: 'ANY' }],
    [{ tool: 'f' }, { mode: 'ANY', allowedFunctionNames: ['f'] }],
  ] as const)('are chosen: %j', (toolChoice, functionCallingConfig) => {
    expect(write(call([user(text('x'))], { tools: [tool('f')], toolChoice })).body.toolConfig).toEqual({
      functionCallingConfig,
    });
  });

  it('are held to their schemas where all are strict', () => {
    const strict = { tools: [tool('f', schema, true)] };
    expect(write(call([user(text('x'))], strict)).body.toolConfig).toEqual({
      functionCallingConfig: { mode: 'VALIDATED' },
    });
    expect(
      write(call([user(text('x'))], strict), { ...FLASH, model: 'gemini-2.0-flash' }).body.toolConfig,
    ).toBeUndefined();
  });

  it('of other providers are a loss that counts', () => {
    const other: Tool = { kind: 'other', protocol: 'anthropic', path: 'tools[0]', raw: { type: 'web_search' } };
    expect(write(call([user(text('x'))], { tools: [other] })).losses).toMatchObject([
      { path: 'tools[0]', essential: true },
    ]);
  });
});

describe('settings', () => {
  it('have Gemini’s names', () => {
    const { body, losses } = write(
      call([user(text('x'))], {
        maxOutputTokens: 9,
        temperature: 1.5,
        topP: 0.5,
        topK: 4,
        stop: ['a'],
        seed: 1,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        choices: 2,
        logprobs: { top: 3 },
      }),
    );
    expect(body.generationConfig).toEqual({
      maxOutputTokens: 9,
      temperature: 1.5,
      topP: 0.5,
      topK: 4,
      stopSequences: ['a'],
      seed: 1,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      candidateCount: 2,
      responseLogprobs: true,
      logprobs: 3,
    });
    expect(losses).toEqual([]);
  });

  it('hold the form of the answer', () => {
    const output = {
      kind: 'json_schema',
      name: 'n',
      schema: { type: 'object', properties: { a: { const: 'x' } } },
    } as const;
    expect(write(call([user(text('x'))], { output })).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING', enum: ['x'] } } },
    });
    expect(write(call([user(text('x'))], { output: { kind: 'json' } })).body.generationConfig).toEqual({
      responseMimeType: 'application/json',
    });
  });

  it.each([
    ['gemini-2.5-flash', { mode: 'off' }, { thinkingBudget: 0 }],
    ['gemini-2.5-pro', { mode: 'off' }, { thinkingBudget: 128 }],
    ['gemini-2.5-flash', { mode: 'on', effort: 'low', show: true }, { includeThoughts: true, thinkingBudget: 1024 }],
    ['gemini-2.5-flash', { mode: 'on', budgetTokens: 99_999 }, { thinkingBudget: 24_576 }],
    ['gemini-2.5-flash', { mode: 'adaptive' }, { thinkingBudget: -1 }],
    ['gemini-3-pro-preview', { mode: 'on', effort: 'minimal' }, { thinkingLevel: 'low' }],
    ['gemini-3-flash-preview', { mode: 'on', effort: 'minimal' }, { thinkingLevel: 'minimal' }],
    ['gemini-3-pro-preview', { mode: 'on', budgetTokens: 20_000 }, { thinkingLevel: 'high' }],
    ['gemini-3.1-pro', { mode: 'on', effort: 'max' }, { thinkingLevel: 'high' }],
    ['gemini-flash-latest', { mode: 'adaptive', show: true }, { includeThoughts: true }],
    ['gemini-2.0-flash', { mode: 'on', effort: 'high' }, undefined],
  ] as const)('ask %s to think %j with %j', (model, reasoning, thinkingConfig) => {
    const { body, losses } = write(call([user(text('x'))], { reasoning }), { ...FLASH, model });
    expect(body.generationConfig?.thinkingConfig).toEqual(thinkingConfig);
    expect(losses).toHaveLength(thinkingConfig === undefined ? 1 : 0);
  });

  it('without a word there are losses with the client’s names', () => {
    const { losses } = write(
      call([user(text('x'))], {
        user: 'u',
        parallelToolCalls: false,
        tools: [tool('f')],
        metadata: {},
        serviceTier: 'flex',
        extra: { logit_bias: {} },
      }),
    );
    expect(losses.map((loss) => loss.path)).toEqual([
      'parallel_tool_calls',
      'user',
      'metadata',
      'service_tier',
      'logit_bias',
    ]);
  });
});

describe('a call of Gemini’s own protocol', () => {
  it('comes out as it went in', () => {
    const body = {
      systemInstruction: { parts: [{ text: 'S' }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'x' },
            { fileData: { mimeType: 'image/png', fileUri: 'gs://b/c' } },
            { videoMetadata: { fps: 1 } },
          ],
        },
        {
          role: 'model',
          parts: [
            { text: 'T', thought: true, thoughtSignature: 'p' },
            { functionCall: { id: 'i', name: 'f', args: { a: 1 } }, thoughtSignature: 's' },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { id: 'i', name: 'f', response: { a: 1 } } }] },
      ],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              description: 'd',
              parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } } },
            },
          ],
        },
        { googleSearch: {} },
      ],
      toolConfig: { retrievalConfig: {}, functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['a', 'b'] } },
      generationConfig: {
        temperature: 0.1,
        candidateCount: 2,
        responseMimeType: 'application/json',
        thinkingConfig: { includeThoughts: true, thinkingBudget: 5 },
        speechConfig: {},
      },
      safetySettings: [1],
      labels: { team: 'x' },
      cachedContent: 'cachedContents/1',
    };
    const envelope = codec.client?.envelope(JSON.stringify(body), { model: 'm', stream: false, query: '' });
    if (!envelope || 'malformed' in envelope) throw new Error('not read');
    const given = codec.client?.read(envelope);
    if (!given || 'malformed' in given) throw new Error('not read');
    const written = write(given);
    expect(written.body).toEqual(body);
    expect(written.losses).toEqual([]);
  });
});

describe('addresses', () => {
  it.each([
    ['/v1beta/models/m-1.5:generateContent', { action: 'generateContent', model: 'm-1.5', stream: false }],
    ['/v1beta/models/m:streamGenerateContent', { action: 'streamGenerateContent', model: 'm', stream: true }],
    [
      '/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent',
      { action: 'streamGenerateContent', model: 'm', stream: true },
    ],
    ['/v1beta1/publishers/google/models/m:countTokens', { action: 'countTokens', model: 'm', stream: false }],
  ])('%s is read', (path, address) => {
    expect(parseGeminiAddress(path)).toEqual(address);
  });

  it.each([
    ['', 'json_array'],
    ['?alt=json', 'json_array'],
    ['?key=k&alt=sse', undefined],
    ['?%24alt=sse', undefined],
  ])('with %s ask for a stream as %s', (query, form) => {
    const call = codec.client?.envelope('{"contents":[]}', { model: 'm', stream: true, query });
    expect(call).not.toHaveProperty('malformed');
    expect(call && 'streamForm' in call ? call.streamForm : undefined).toBe(form);
  });

  it.each([
    '/v1beta/models/..:generateContent',
    '/v1beta/models/a..b:generateContent',
    '/v1beta/models/..%2Fx:generateContent',
    '/v1beta/models/a%2Fb:generateContent',
    '/v1beta/models/a%252Fb:generateContent',
    '/v1beta/models/%:generateContent',
    '/v1beta/models/a/../b:generateContent',
    '/v1beta/models/m:generateContent/x',
    '/v1beta/models/m:deleteEverything',
    '/v1beta/models/m',
    '/models/m:generateContent',
  ])('%s is none', (path) => {
    expect(parseGeminiAddress(path)).toBeNull();
  });
});
