import { describe, expect, it } from 'vitest';
import type { Call, CallIssue } from '../../neutral/call.ts';
import { packProof } from '../../neutral/proof.ts';
import { codec } from './codec.ts';

function read(body: object): Call {
  const call = tryRead(body);
  if ('malformed' in call) throw new Error(call.message);
  return call;
}

function tryRead(body: unknown): Call | CallIssue {
  const { client } = codec;
  const call = client?.envelope(typeof body === 'string' ? body : JSON.stringify(body), {
    model: 'm',
    stream: false,
    query: '',
  });
  if (!client || !call) throw new Error('no client side');
  return 'malformed' in call ? call : client.read(call);
}

const user = (text: string) => ({ role: 'user', parts: [{ text }] });
const call = (name: string, args: object, more: object = {}) => ({ functionCall: { name, args, ...more } });
const result = (name: string, response: unknown, more: object = {}) => ({
  functionResponse: { name, response, ...more },
});

describe('a request of generateContent', () => {
  it('has its turns, instruction first', () => {
    expect(
      read({
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [user('Hi'), { parts: [{ text: 'x' }] }],
      }).turns,
    ).toEqual([
      { role: 'system', parts: [{ kind: 'text', text: 'Be brief.' }] },
      {
        role: 'user',
        parts: [
          { kind: 'text', text: 'Hi' },
          { kind: 'text', text: 'x' },
        ],
      },
    ]);
  });

  it('may be in snake case, as Google’s examples are', () => {
    const read1 = read({
      system_instruction: { parts: { text: 'S' } },
      contents: {
        parts: [
          { inline_data: { mime_type: 'image/png', data: 'AA__' } },
          { file_data: { mime_type: 'application/pdf', file_uri: 'https://x.example/a.pdf' } },
        ],
      },
      generation_config: {
        max_output_tokens: 5,
        stop_sequences: ['a'],
        response_mime_type: 'application/json',
        speech_config: { a: 1 },
      },
      tools: [{ function_declarations: [{ name: 'f' }] }],
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
    });
    expect(read1).toMatchObject({
      turns: [
        { role: 'system', parts: [{ text: 'S' }] },
        {
          parts: [
            { kind: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AA//' } },
            { kind: 'document', source: { kind: 'url', url: 'https://x.example/a.pdf', mediaType: 'application/pdf' } },
          ],
        },
      ],
      maxOutputTokens: 5,
      stop: ['a'],
      output: { kind: 'json' },
      tools: [{ kind: 'function', name: 'f' }],
      toolChoice: { tool: 'f' },
      extra: { 'generationConfig.speechConfig': { a: 1 } },
    });
  });

  it('joins calls without ids to their results by name and order', () => {
    const { turns } = read({
      contents: [
        user('go'),
        { role: 'model', parts: [call('f', { n: 1 }), call('g', {}), call('f', { n: 2 })] },
        { role: 'user', parts: [result('f', { output: 'one' }), result('f', { error: 'two' }), result('g', { a: 1 })] },
      ],
    });
    const [, calls, results] = turns;
    const ids = calls?.parts.map((part) => (part.kind === 'tool_call' ? part.id : ''));
    expect(new Set(ids).size).toBe(3);
    expect(results?.parts).toEqual([
      { kind: 'tool_result', callId: ids?.[0], name: 'f', parts: [{ kind: 'text', text: 'one' }] },
      { kind: 'tool_result', callId: ids?.[2], name: 'f', parts: [{ kind: 'text', text: 'two' }], isError: true },
      { kind: 'tool_result', callId: ids?.[1], name: 'g', parts: [{ kind: 'text', text: '{"a":1}' }] },
    ]);
  });

  it('joins calls with ids by them, whatever the order', () => {
    const { turns } = read({
      contents: [
        { role: 'model', parts: [call('f', {}, { id: 'a' }), call('f', {}, { id: 'b' })] },
        { role: 'user', parts: [result('f', {}, { id: 'b' }), result('f', {})] },
      ],
    });
    expect(turns[1]?.parts).toMatchObject([{ callId: 'b' }, { callId: 'a' }]);
  });

  it('puts a streamed answer in a history together again, thoughts with the signature that came last', () => {
    const { turns } = read({
      contents: [
        user('go'),
        { role: 'model', parts: [{ text: 'I th', thought: true }] },
        { role: 'model', parts: [{ text: 'ink', thought: true }] },
        {
          role: 'model',
          parts: [
            { text: '', thought: true, thoughtSignature: packProof({ protocol: 'anthropic', value: 'sig' }, 'gemini') },
          ],
        },
        { role: 'model', parts: [{ text: 'He' }] },
        { role: 'model', parts: [{ text: 'llo' }] },
        { role: 'model', parts: [{ text: '', thoughtSignature: 'own' }] },
      ],
    });
    expect(turns[1]?.parts).toEqual([
      { kind: 'reasoning', text: 'I think', proof: { protocol: 'anthropic', value: 'sig' } },
      { kind: 'text', text: 'Hello' },
      { kind: 'reasoning', text: '', redacted: true, proof: { protocol: 'gemini', value: 'own' } },
    ]);
  });

  it('keeps the signature of a call with it', () => {
    const { turns } = read({
      contents: [{ role: 'model', parts: [{ ...call('f', {}), thoughtSignature: 's' }, call('f', {})] }],
    });
    expect(turns[0]?.parts).toMatchObject([{ proof: { protocol: 'gemini', value: 's' } }, { kind: 'tool_call' }]);
    expect(turns[0]?.parts[1]).not.toHaveProperty('proof');
  });

  it('keeps digits and dangerous names of arguments', () => {
    const text =
      '{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{"b":12345678901234567890,"__proto__":{"x":1}}}}]}]}';
    const read1 = tryRead(text);
    if ('malformed' in read1) throw new Error(read1.message);
    expect(read1.turns[0]?.parts[0]).toMatchObject({ arguments: '{"b":12345678901234567890,"__proto__":{"x":1}}' });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('knows what only Google can follow', () => {
    const parts = [
      'gs://b/x.png',
      'https://www.youtube.com/watch?v=1',
      'https://generativelanguage.googleapis.com/v1beta/files/1',
    ].map((fileUri) => ({ fileData: { fileUri, mimeType: 'image/png' } }));
    for (const part of read({ contents: [{ parts }] }).turns[0]?.parts ?? [])
      expect(part).toMatchObject({ source: { kind: 'file', protocol: 'gemini' } });
    expect(read({ contents: [user('x')], cachedContent: 'cachedContents/1' }).turns[0]?.parts[0]).toEqual({
      kind: 'other',
      protocol: 'gemini',
      path: 'cachedContent',
      raw: 'cachedContents/1',
    });
  });

  it('has text in place as a document, and media by its type', () => {
    const data = Buffer.from('Grüße').toString('base64');
    const parts = [
      { inlineData: { mimeType: 'text/plain', data } },
      { inlineData: { mimeType: 'audio/wav', data } },
      { inlineData: { mimeType: 'video/mp4', data } },
      { executableCode: { code: '1' } },
    ];
    expect(read({ contents: [{ parts }] }).turns[0]?.parts).toMatchObject([
      { kind: 'document', source: { kind: 'text', text: 'Grüße' } },
      { kind: 'audio' },
      { kind: 'video' },
      { kind: 'other', path: 'contents[0].parts[3]' },
    ]);
  });

  it('has tools: functions with either kind of schema, and Google’s own', () => {
    const { tools } = read({
      contents: [user('x')],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              description: 'd',
              parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true, maxLength: '5' } } },
            },
          ],
          googleSearch: {},
        },
        { functionDeclarations: [{ name: 'g', parametersJsonSchema: { type: 'object' } }] },
      ],
    });
    expect(tools).toEqual([
      {
        kind: 'function',
        name: 'f',
        description: 'd',
        parameters: { type: 'object', properties: { a: { type: ['string', 'null'], maxLength: 5 } } },
      },
      { kind: 'other', protocol: 'gemini', path: 'tools[0].googleSearch', raw: { googleSearch: {} } },
      { kind: 'function', name: 'g', parameters: { type: 'object' } },
    ]);
  });

  it.each([
    [{ thinkingBudget: 0 }, { mode: 'off' }],
    [
      { thinkingBudget: -1, includeThoughts: true },
      { mode: 'adaptive', show: true },
    ],
    [{ thinkingBudget: 2000 }, { mode: 'on', budgetTokens: 2000 }],
    [
      { thinkingLevel: 'low', includeThoughts: false },
      { mode: 'on', effort: 'low', show: false },
    ],
    [{ includeThoughts: false }, undefined],
  ])('thinks %j as %j', (thinkingConfig, reasoning) => {
    expect(read({ contents: [user('x')], generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning);
  });

  it('keeps members it has no place for by their path', () => {
    const { extra } = read({
      contents: [user('x')],
      safetySettings: [1],
      toolConfig: {
        retrievalConfig: { a: 1 },
        functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['a', 'b'] },
      },
      generationConfig: { mediaResolution: 'LOW', responseModalities: ['TEXT'] },
    });
    expect(extra).toEqual({
      safetySettings: [1],
      'toolConfig.retrievalConfig': { a: 1 },
      'toolConfig.functionCallingConfig.allowedFunctionNames': ['a', 'b'],
      'generationConfig.mediaResolution': 'LOW',
    });
  });

  it.each([
    ['{', null],
    [[], null],
    [{}, 'contents'],
    [{ contents: [1] }, 'contents[0]'],
    [{ contents: [{ parts: 'x' }] }, 'contents[0].parts'],
    [{ contents: [{ parts: [{}, 7] }] }, 'contents[0].parts[1]'],
    [{ contents: [{ parts: [{ text: 7 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{ inlineData: {} }] }] }, 'contents[0].parts[0].inlineData.data'],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
    [{ contents: [user('x')], tools: 5 }, 'tools'],
    [{ contents: [user('x')], tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ contents: [user('x')], generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [{ contents: [user('x')], systemInstruction: { parts: [{ text: 1 }] } }, 'systemInstruction.parts[0].text'],
  ])('is refused by name: %j', (body, param) => {
    expect(tryRead(body)).toMatchObject({ param, malformed: param === null });
  });
});
