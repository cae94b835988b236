import { Cohere, CohereClientV2, CohereError } from 'cohere-ai';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { countTokens } from '../../core/tokens.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** The unmodified Cohere SDK, pointed straight at the simulator, proves that the wire format is Cohere's. */
let simulator: Simulator;
let client: CohereClientV2;
const once = { maxRetries: 0 };

beforeAll(async () => {
  simulator = await startSimulator();
  client = new CohereClientV2({ token: 'sim-test', environment: simulator.url });
});
afterAll(() => simulator.close());

const ask = (content: string): Cohere.V2ChatRequest => ({
  model: 'sim-small',
  messages: [{ role: 'user', content }],
});
const weather: Cohere.ToolV2 = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

const textOf = ({ message }: Cohere.V2ChatResponse): string =>
  (message.content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');

/** What a stream adds up to. */
async function streamed(request: Cohere.V2ChatRequest) {
  const events = await collect(await client.chatStream(request, once));
  const sum = { text: '', thinking: '', plan: '', calls: [] as { id: string; name: string; arguments: string }[] };
  for (const event of events) {
    if (event.type === 'content-delta') {
      sum.text += event.delta?.message?.content?.text ?? '';
      sum.thinking += event.delta?.message?.content?.thinking ?? '';
    }
    if (event.type === 'tool-plan-delta') sum.plan += event.delta?.message?.toolPlan ?? '';
    if (event.type === 'tool-call-start') {
      const { id = '', function: called } = event.delta?.message?.toolCalls ?? {};
      sum.calls[event.index ?? -1] = { id, name: called?.name ?? '', arguments: called?.arguments ?? '' };
    }
    const call = event.type === 'tool-call-delta' ? sum.calls[event.index ?? -1] : undefined;
    if (call && event.type === 'tool-call-delta') {
      call.arguments += event.delta?.message?.toolCalls?.function?.arguments ?? '';
    }
  }
  const end = events.find((event) => event.type === 'message-end');
  return { ...sum, types: events.map(({ type }) => type), finish: end?.delta?.finishReason, usage: end?.delta?.usage };
}

describe('chat', () => {
  test('is the same whole and streamed, and the same words as in every format', async () => {
    const whole = await client.chat(ask('Tell me about bees'), once);
    const stream = await streamed(ask('Tell me about bees'));
    expect(stream).toMatchObject({ text: textOf(whole), finish: 'COMPLETE', usage: whole.usage });
    expect(stream.types.at(0)).toBe('message-start');
    expect(stream.types.at(-1)).toBe('message-end');
    expect(whole.usage?.tokens?.outputTokens).toBe(countTokens(textOf(whole)));
    const other = await fetch(`${simulator.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sim-test' },
      body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Tell me about bees' }] }),
    });
    const body = (await other.json()) as { choices: { message: { content: string } }[] };
    expect(textOf(whole)).toBe(body.choices[0]?.message.content);
  });

  test('limits, stop sequences, system prompts, images, documents', async () => {
    expect(await client.chat({ ...ask('Explain tides'), maxTokens: 7 }, once)).toMatchObject({
      finishReason: 'MAX_TOKENS',
      usage: { tokens: { outputTokens: 7 } },
    });
    const stopped = await client.chat({ ...ask('Reply with exactly: one, two'), stopSequences: [', two'] }, once);
    expect([stopped.finishReason, textOf(stopped)]).toEqual(['STOP_SEQUENCE', '[simulated by Parley] one']);
    const short = await client.chat(
      {
        ...ask(''),
        messages: [
          { role: 'system', content: 'Answer in 12 words.' },
          { role: 'user', content: 'Explain tides' },
        ],
      },
      once,
    );
    expect(textOf(short).replace('[simulated by Parley] ', '').split(' ')).toHaveLength(12);
    const shown = await client.chat(
      {
        ...ask(''),
        documents: ['A document.', { data: { title: 'Another' } }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image_url', imageUrl: { url: 'data:image/png;base64,AAAA' } },
            ],
          },
        ],
      },
      once,
    );
    expect(textOf(shown)).toContain('I was shown 1 image and 2 documents.');
  });

  test('JSON, free and held to a schema', async () => {
    const free = await client.chat(
      { ...ask('A JSON object about bees'), responseFormat: { type: 'json_object' } },
      once,
    );
    expect(JSON.parse(textOf(free))).toMatchObject({ simulated_by: 'Parley' });
    const jsonSchema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const held = await client.chat(
      { ...ask('Where is it? In Paris.'), responseFormat: { type: 'json_object', jsonSchema } },
      once,
    );
    expect(JSON.parse(textOf(held))).toEqual({ city: 'Paris' });
  });

  test('thinking comes first, whole and streamed, and is taken back', async () => {
    const request = { ...ask('Explain tides'), thinking: { type: 'enabled' as const, tokenBudget: 100 } };
    const whole = await client.chat(request, once);
    const [thinking] = whole.message.content ?? [];
    if (thinking?.type !== 'thinking') throw new Error('no thinking');
    expect(countTokens(thinking.thinking)).toBe(100);
    expect(await streamed(request)).toMatchObject({ thinking: thinking.thinking, text: textOf(whole) });
    const again = await client.chat(
      {
        ...request,
        messages: [
          ...request.messages,
          { role: 'assistant', content: whole.message.content ?? [] },
          { role: 'user', content: 'Hello!' },
        ],
      },
      once,
    );
    expect(textOf(again)).toContain('Hello!');
  });
});

describe('tools', () => {
  const request = { ...ask('What is the weather in Paris and Tokyo?'), tools: [weather] };

  test('a plan, parallel calls, and a round with their results', async () => {
    const whole = await client.chat(request, once);
    const calls = whole.message.toolCalls ?? [];
    expect(whole.finishReason).toBe('TOOL_CALL');
    expect(calls.map((call) => JSON.parse(call.function?.arguments ?? '') as unknown)).toEqual([
      { city: 'Paris' },
      { city: 'Tokyo' },
    ]);
    const stream = await streamed(request);
    expect(stream.plan).toBe(whole.message.toolPlan);
    expect(stream.calls).toEqual(calls.map(({ id, function: called }) => ({ id, ...called })));
    const answer = await client.chat(
      {
        ...request,
        messages: [
          ...request.messages,
          { role: 'assistant', toolCalls: calls, toolPlan: whole.message.toolPlan ?? '' },
          ...calls.map((call, at) => ({
            role: 'tool' as const,
            toolCallId: call.id,
            content: [{ type: 'document' as const, document: { data: { degrees: 20 + at } } }],
          })),
        ],
      },
      once,
    );
    expect(textOf(answer)).toContain('From the tools I learned: {"degrees":20}; {"degrees":21}.');
  });

  test('required and none', async () => {
    const choose = async (toolChoice: 'REQUIRED' | 'NONE') =>
      (await client.chat({ ...request, ...ask('Hello!'), tools: [weather], toolChoice }, once)).finishReason;
    expect(await choose('REQUIRED')).toBe('TOOL_CALL');
    expect(await choose('NONE')).toBe('COMPLETE');
  });
});

describe('embed and rerank', () => {
  const texts = ['red apples and pears', 'red apples and plums', 'a motor boat at sea'];

  test('embeddings are unit vectors, closer for texts that share words, in every type', async () => {
    const { embeddings, meta } = await client.embed(
      {
        model: 'sim-embedding',
        inputType: 'search_document',
        texts,
        outputDimension: 256,
        embeddingTypes: ['float', 'int8', 'uint8', 'binary', 'ubinary', 'base64'],
      },
      once,
    );
    const floats = embeddings.float ?? [];
    const dot = (a: number, b: number) =>
      (floats[a] ?? []).reduce((sum, value, at) => sum + value * (floats[b]?.[at] ?? 0), 0);
    expect(dot(0, 0)).toBeCloseTo(1, 5);
    expect(dot(0, 1)).toBeGreaterThan(dot(0, 2) + 0.3);
    expect(embeddings.int8?.[0]?.[3]).toBe(Math.round((floats[0]?.[3] ?? 0) * 127));
    expect(embeddings.ubinary?.[0]).toHaveLength(32);
    expect(embeddings.binary?.[0]?.[0]).toBe((embeddings.ubinary?.[0]?.[0] ?? 0) - 128);
    const bytes = Buffer.from(embeddings.base64?.[0] ?? '', 'base64');
    expect(bytes.readFloatLE(12)).toBeCloseTo(floats[0]?.[3] ?? 0, 6);
    expect(meta?.billedUnits?.inputTokens).toBeGreaterThan(8);
  });

  test('images and mixed inputs', async () => {
    const embedded = await client.embed(
      {
        model: 'sim-embedding',
        inputType: 'search_query',
        inputs: [
          {
            content: [
              { type: 'text', text: 'a' },
              { type: 'image_url', imageUrl: { url: 'data:image/png;base64,AA' } },
            ],
          },
        ],
      },
      once,
    );
    expect(embedded.embeddings.float?.[0]).toHaveLength(1024);
  });

  test('rerank puts what shares words first', async () => {
    const { results, meta } = await client.rerank(
      { model: 'sim-rerank', query: 'boat at sea', documents: texts, topN: 2 },
      once,
    );
    expect(results.map(({ index }) => index)[0]).toBe(2);
    expect(results).toHaveLength(2);
    expect(results[0]?.relevanceScore).toBeGreaterThan(results[1]?.relevanceScore ?? 1);
    expect(meta?.billedUnits?.searchUnits).toBe(1);
  });
});

describe('errors', () => {
  test.each([
    ['401', Cohere.UnauthorizedError],
    ['429', Cohere.TooManyRequestsError],
    ['500', Cohere.InternalServerError],
    ['503', Cohere.ServiceUnavailableError],
  ])('%s is the exception of the SDK', async (fault, kind) => {
    await expect(client.chat(ask(`Hi [[simulate: ${fault}]]`), once)).rejects.toBeInstanceOf(kind);
  });

  test('an unknown model, a wrong key, and an error at the end of a stream', async () => {
    await expect(client.chat({ ...ask('Hi'), model: 'command-x' }, once)).rejects.toThrow(
      /model 'command-x' not found/,
    );
    const other = new CohereClientV2({ token: 'secret-of-somebody', environment: simulator.url });
    await expect(other.chat(ask('Hi'), once)).rejects.toBeInstanceOf(Cohere.UnauthorizedError);
    const failed = await streamed(ask('Explain tides [[simulate: error-in-stream after=4]]'));
    expect(failed.finish).toBe('ERROR');
    const poor = await client.chat(ask('Hi [[simulate: insufficient-quota]]'), once).catch((error: unknown) => error);
    expect(poor).toBeInstanceOf(CohereError);
    expect(poor).toMatchObject({ statusCode: 402 });
  });
});

test('any chunking of the stream is the same to the SDK', async () => {
  const request = (faults: string) => ({
    ...ask(`What is the weather in São Paulo? [[simulate: ${faults}]]`),
    tools: [weather],
    thinking: { type: 'enabled' as const, tokenBudget: 20 },
  });
  const whole = await streamed(request('one-write'));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.integer({ min: 1, max: 4000 }).map((byte) => `split-at byte=${byte}`),
        fc.integer({ min: 1, max: 40 }).map((bytes) => `split-bytes bytes=${bytes}`),
        fc.constant('comments'),
      ),
      async (fault) => {
        expect(await streamed(request(fault))).toEqual(whole);
      },
    ),
    { numRuns: 25 },
  );
});
