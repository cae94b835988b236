import { ApiError, type GenerateContentParameters, GoogleGenAI } from '@google/genai';
import { describe, expect, it } from 'vitest';
import type { AnswerView, ClientCall, ClientError } from '../../codec.ts';
import type { Answer } from '../../neutral/answer.ts';
import type { Call } from '../../neutral/call.ts';
import { play } from '../../neutral/play.ts';
import { parseGeminiAddress } from './address.ts';
import { codec } from './codec.ts';

const { client } = codec;
if (!client) throw new Error('Gemini has a client side');

interface Heard {
  call: Call | null;
  path: string;
}

/** Google's own SDK against our client side: what it sends is read, what is answered is written, with no socket between. */
function sdk(
  answer: (call: ClientCall) => { status?: number; text: string },
  vertexai = false,
): { ai: GoogleGenAI; heard: Heard } {
  const heard: Heard = { call: null, path: '' };
  const fetch = async (input: unknown, init?: { body?: unknown }): Promise<Response> => {
    const url = new URL(String(input));
    heard.path = url.pathname;
    const address = parseGeminiAddress(url.pathname);
    const envelope = address && client?.envelope(String(init?.body), { ...address, query: url.search });
    if (!envelope || 'malformed' in envelope) throw new Error('not read');
    const call = client?.read(envelope);
    if (!call || 'malformed' in call) throw new Error('not read');
    heard.call = call;
    const { status = 200, text } = answer(envelope);
    return new Response(text, {
      status,
      headers: { 'content-type': status === 200 && envelope.stream ? 'text/event-stream' : 'application/json' },
    });
  };
  const httpOptions = { baseUrl: 'http://gateway.test', fetch: fetch as typeof globalThis.fetch };
  const ai = vertexai
    ? new GoogleGenAI({ vertexai: true, apiKey: 'k', httpOptions })
    : new GoogleGenAI({ apiKey: 'k', httpOptions });
  return { ai, heard };
}

const view = (call: ClientCall): AnswerView => ({ call, model: call.model, id: 'req1', createdS: 7 });
const usage = {
  inputTokens: 10,
  cachedInputTokens: 4,
  cacheWriteInputTokens: 0,
  cacheWrite1hInputTokens: 0,
  outputTokens: 8,
  reasoningTokens: 5,
};
const spoken: Answer = {
  id: null,
  model: 'theirs',
  usage,
  choices: [
    {
      finish: { reason: 'stop' },
      blocks: [
        { kind: 'reasoning', text: 'Hm', proof: { protocol: 'anthropic', value: 's' } },
        { kind: 'text', text: 'Hello, world' },
      ],
    },
  ],
};
const calling: Answer = {
  ...spoken,
  choices: [
    {
      finish: { reason: 'tool_calls' },
      blocks: [
        {
          kind: 'tool_call',
          id: 'toolu_1',
          name: 'weather',
          text: '{"city":"Bern"}',
          proof: { protocol: 'anthropic', value: 'p' },
        },
        { kind: 'tool_call', id: 'toolu_2', name: 'weather', text: '{"city":"Rome"}' },
      ],
    },
  ],
};

function stream(answer: Answer, call: ClientCall, cut?: ClientError): string {
  const writer = client?.streamWriter(view(call));
  if (!writer) throw new Error('no writer');
  play(answer, writer);
  return writer.take() + (cut ? writer.broken(cut) : writer.ending());
}

/** Reads a stream to its end. */
async function heardOut(chunks: AsyncIterable<unknown>): Promise<void> {
  const reader = chunks[Symbol.asyncIterator]();
  while (!(await reader.next()).done);
}

const request: GenerateContentParameters = {
  model: 'fast',
  contents: 'Hi',
  config: {
    systemInstruction: 'Be brief.',
    temperature: 0.5,
    maxOutputTokens: 20,
    thinkingConfig: { includeThoughts: true },
    tools: [
      {
        functionDeclarations: [
          { name: 'weather', parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } } },
        ],
      },
    ],
  },
};

describe('Google’s own SDK', () => {
  it.each([false, true])('is understood and understands a whole answer (Vertex: %s)', async (vertexai) => {
    const { ai, heard } = sdk((call) => ({ text: client.writeAnswer(spoken, view(call)) }), vertexai);
    const response = await ai.models.generateContent(request);
    expect(heard.call).toMatchObject({
      model: 'fast',
      stream: false,
      temperature: 0.5,
      maxOutputTokens: 20,
      reasoning: { show: true },
      turns: [
        { role: 'system', parts: [{ text: 'Be brief.' }] },
        { role: 'user', parts: [{ text: 'Hi' }] },
      ],
      tools: [{ name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }],
    });
    expect(response.text).toBe('Hello, world');
    expect(response.usageMetadata).toMatchObject({
      promptTokenCount: 10,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 5,
      totalTokenCount: 18,
    });
    expect(response.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('understands a stream', async () => {
    const { ai } = sdk((call) => ({ text: stream(spoken, call) }));
    let text = '';
    let last: unknown;
    for await (const chunk of await ai.models.generateContentStream(request)) {
      text += chunk.text ?? '';
      last = chunk.usageMetadata;
    }
    expect(text).toBe('Hello, world');
    expect(last).toMatchObject({ totalTokenCount: 18 });
  });

  it('brings calls, proofs and thoughts of another maker back in its next turn', async () => {
    const answers = [calling, spoken, spoken];
    const { ai, heard } = sdk((call) => ({ text: stream(answers.shift() as Answer, call) }));
    const chat = ai.chats.create({ model: 'fast' });
    const calls: { id?: string; name?: string }[] = [];
    for await (const chunk of await chat.sendMessageStream({ message: 'Weather?' }))
      calls.push(...(chunk.functionCalls ?? []));
    expect(calls).toMatchObject([{ id: 'toolu_1', args: { city: 'Bern' } }, { id: 'toolu_2' }]);
    const results = calls.map(({ name }, i) => ({
      functionResponse: { name: name ?? '', response: { output: `${i}°` } },
    }));
    await heardOut(await chat.sendMessageStream({ message: results }));
    expect(heard.call?.turns.slice(1)).toMatchObject([
      {
        role: 'assistant',
        parts: [{ id: 'toolu_1', proof: { protocol: 'anthropic', value: 'p' } }, { id: 'toolu_2' }],
      },
      {
        role: 'user',
        parts: [
          { callId: 'toolu_1', parts: [{ text: '0°' }] },
          { callId: 'toolu_2', parts: [{ text: '1°' }] },
        ],
      },
    ]);
    await heardOut(await chat.sendMessageStream({ message: 'And?' }));
    expect(heard.call?.turns[3]?.parts).toEqual([
      { kind: 'reasoning', text: 'Hm', proof: { protocol: 'anthropic', value: 's' } },
      { kind: 'text', text: 'Hello, world' },
    ]);
  });

  it('throws for an error, whole or in the middle of a stream', async () => {
    const error: ClientError = {
      status: 503,
      message: 'Too busy.',
      code: 'busy',
      param: null,
      type: null,
      requestId: 'r',
      docUrl: null,
      retryAfterSeconds: null,
    };
    const refused = sdk(() => ({ status: 503, text: client.errorBody(error) }));
    await expect(refused.ai.models.generateContent(request)).rejects.toThrow(ApiError);
    const { ai } = sdk((call) => ({ text: stream(spoken, call, error) }));
    const read = ai.models.generateContentStream(request).then(heardOut);
    await expect(read).rejects.toMatchObject({ name: 'ApiError', status: 503 });
  });
});
