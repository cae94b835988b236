import {
  ApiError,
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentResponse,
  GoogleGenAI,
  Type,
} from '@google/genai';
import { OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { countTokens } from '../../core/tokens.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** The unmodified Google SDK, pointed straight at the simulator, proves that the wire format is Gemini's. */
let simulator: Simulator;
let studio: GoogleGenAI;
let vertex: GoogleGenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  const httpOptions = { baseUrl: simulator.url };
  studio = new GoogleGenAI({ apiKey: 'sim-test', httpOptions });
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'sim-token' });
  vertex = new GoogleGenAI({
    vertexai: true,
    project: 'demo',
    location: 'europe-west4',
    googleAuthOptions: { authClient },
    httpOptions,
  });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const weather = {
  functionDeclarations: [
    {
      name: 'get_weather',
      description: 'Weather of a city',
      parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
    },
  ],
};
const question: Content = { role: 'user', parts: [{ text: 'What is the weather in Paris and Tokyo?' }] };

/** What the simulator says to the same question in chat completions. */
async function wordsOfChat(content: string): Promise<string> {
  const response = await fetch(`${simulator.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sim-test', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }] }),
  });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? '';
}

const textOf = (chunks: readonly GenerateContentResponse[]) => chunks.map((chunk) => chunk.text ?? '').join('');

describe.each(['studio', 'vertex'] as const)('%s', (which) => {
  const ai = () => (which === 'studio' ? studio : vertex);

  test('text, the same whole and streamed, with usage', async () => {
    const asked = { model: 'sim-small', contents: 'Explain tides' };
    const whole = await ai().models.generateContent(asked);
    expect(whole.text).toMatch(/^\[simulated by Parley\] \S/);
    expect(whole.candidates?.[0]).toMatchObject({ finishReason: 'STOP', index: 0, content: { role: 'model' } });
    expect(whole.modelVersion).toBe('sim-small');
    expect(whole.text).toBe(await wordsOfChat('Explain tides'));
    const { promptTokenCount = 0, candidatesTokenCount = 0, totalTokenCount } = whole.usageMetadata ?? {};
    expect(candidatesTokenCount).toBe(countTokens(whole.text ?? ''));
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount);
    const chunks = await collect(await ai().models.generateContentStream(asked));
    expect(chunks.length).toBeGreaterThan(4);
    expect(textOf(chunks)).toBe(whole.text);
    expect(chunks.at(-1)?.usageMetadata).toEqual(whole.usageMetadata);
    expect(chunks.filter((chunk) => chunk.candidates?.[0]?.finishReason)).toHaveLength(1);
    const counts = chunks.map((chunk) => chunk.usageMetadata?.candidatesTokenCount ?? 0);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  test('parallel calls, with ids only at AI Studio, and an answer from their results', async () => {
    const config = { tools: [weather] };
    const first = await ai().models.generateContent({ model: 'sim-small', contents: [question], config });
    expect(first.functionCalls?.map(({ args }) => args)).toEqual([{ city: 'Paris' }, { city: 'Tokyo' }]);
    expect(first.functionCalls?.every(({ id }) => (id !== undefined) === (which === 'studio'))).toBe(true);
    expect(first.candidates?.[0]?.finishReason).toBe('STOP');
    const streamed = await collect(
      await ai().models.generateContentStream({ model: 'sim-small', contents: [question], config }),
    );
    expect(streamed.flatMap((chunk) => chunk.functionCalls ?? [])).toEqual(first.functionCalls);
    const results = (first.functionCalls ?? []).map(({ id, name }, at) => ({
      functionResponse: { ...(id ? { id } : {}), name: name ?? '', response: { degrees: 20 + at } },
    }));
    const second = await ai().models.generateContent({
      model: 'sim-small',
      contents: [question, first.candidates?.[0]?.content as Content, { role: 'user', parts: results }],
      config,
    });
    expect(second.text).toContain('{"degrees":20}; {"degrees":21}');
  });

  test('thoughts are shown when asked for, and counted apart from the answer', async () => {
    const asked = {
      model: 'sim-reasoner',
      contents: 'Explain tides',
      config: { thinkingConfig: { includeThoughts: true } },
    };
    const whole = await ai().models.generateContent(asked);
    const parts = whole.candidates?.[0]?.content?.parts ?? [];
    expect(parts.map((part) => part.thought ?? false)).toEqual([true, false]);
    expect(parts[1]?.thoughtSignature).toBeTruthy();
    const usage = whole.usageMetadata;
    expect(usage?.thoughtsTokenCount).toBe(192);
    expect(usage?.candidatesTokenCount).toBe(countTokens(whole.text ?? ''));
    expect(usage?.totalTokenCount).toBe((usage?.promptTokenCount ?? 0) + 192 + (usage?.candidatesTokenCount ?? 0));
    const chunks = await collect(await ai().models.generateContentStream(asked));
    expect(textOf(chunks)).toBe(whole.text);
    expect(chunks.at(-1)?.usageMetadata).toEqual(usage);
    const quiet = await ai().models.generateContent({ ...asked, config: { thinkingConfig: { thinkingBudget: 0 } } });
    expect(quiet.usageMetadata?.thoughtsTokenCount).toBeUndefined();
  });

  test('a thinking model wants its signatures back, on the part they came with', async () => {
    const config = { tools: [weather] };
    const first = await ai().models.generateContent({ model: 'sim-reasoner', contents: [question], config });
    const said = first.candidates?.[0]?.content as Content;
    expect(said.parts?.map((part) => part.thoughtSignature !== undefined)).toEqual([true, false]);
    const results = (said.parts ?? []).map(({ functionCall }) => ({
      functionResponse: { name: functionCall?.name ?? '', response: { ok: true } },
    }));
    const next = (parts: Content['parts']) =>
      ai().models.generateContent({
        model: 'sim-reasoner',
        contents: [question, { role: 'model', parts: parts ?? [] }, { role: 'user', parts: results }],
        config,
      });
    expect((await next(said.parts)).text).toContain('From the tools I learned');
    const [one, two] = (said.parts ?? []).map(({ thoughtSignature: _, ...part }) => part);
    const thoughtSignature = said.parts?.[0]?.thoughtSignature ?? '';
    await expect(next([one ?? {}, two ?? {}])).rejects.toThrow(/is missing a thought_signature/);
    await expect(next([{ ...one, thoughtSignature: 'bm90IG91cnM=' }, two ?? {}])).rejects.toThrow(/Corrupted/);
    await expect(next([one ?? {}, { ...two, thoughtSignature }])).rejects.toThrow(/Corrupted/);
    const skipped = { ...one, thoughtSignature: 'skip_thought_signature_validator' };
    expect((await next([skipped, two ?? {}])).text).toContain('From the tools');
  });

  test('embeddings are unit vectors of the size asked for', async () => {
    const { embeddings = [] } = await ai().models.embedContent({
      model: 'sim-embedding',
      contents: ['red apples', 'a motor boat'],
      config: { outputDimensionality: 32 },
    });
    expect(embeddings.map(({ values }) => values?.length)).toEqual([32, 32]);
    expect(Math.hypot(...(embeddings[0]?.values ?? []))).toBeCloseTo(1, 5);
  });

  test('tokens are counted as the answer counts them', async () => {
    const { totalTokens } = await ai().models.countTokens({ model: 'sim-small', contents: 'Explain tides' });
    const { usageMetadata } = await ai().models.generateContent({ model: 'sim-small', contents: 'Explain tides' });
    expect(totalTokens).toBe(usageMetadata?.promptTokenCount);
  });

  test('models are listed', async () => {
    const names = (await collect(await ai().models.list({ config: { pageSize: 2 } }))).map(({ name }) => name);
    expect(names.some((name) => name?.endsWith('models/sim-small'))).toBe(true);
    expect((await ai().models.get({ model: 'sim-small' })).name).toMatch(/models\/sim-small$/);
  });
});

describe('settings', () => {
  const ask = (config: object, contents = 'Explain tides') =>
    studio.models.generateContent({ model: 'sim-small', contents, config });

  test('maxOutputTokens ends with MAX_TOKENS, and without any part when thinking took it all', async () => {
    const short = await ask({ maxOutputTokens: 9 });
    expect(short.candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
    expect(short.usageMetadata?.candidatesTokenCount).toBe(9);
    const none = await ask({ maxOutputTokens: 9, thinkingConfig: { thinkingBudget: 64 } });
    expect(none.candidates?.[0]).toMatchObject({ finishReason: 'MAX_TOKENS', content: { role: 'model' } });
    expect(none.candidates?.[0]?.content?.parts).toBeUndefined();
  });

  test('stopSequences, candidateCount and systemInstruction', async () => {
    expect((await ask({ stopSequences: [', two'] }, 'Reply with exactly: one, two')).text).toMatch(/\] one$/);
    const two = await ask({ candidateCount: 2 });
    expect(two.candidates?.map(({ index }) => index)).toEqual([0, 1]);
    const { text } = await ask({ systemInstruction: 'Answer in 7 words' }, 'Tell me about bees');
    expect(text?.replace('[simulated by Parley] ', '').split(' ')).toHaveLength(7);
  });

  test('responseSchema, responseJsonSchema and enums', async () => {
    const properties = { city: { type: Type.STRING }, degrees: { type: Type.INTEGER } };
    const schema = { type: Type.OBJECT, properties, required: ['city', 'degrees'] };
    const asked = 'Weather in Oslo: 4 degrees';
    const json = { responseMimeType: 'application/json' };
    expect(JSON.parse((await ask({ ...json, responseSchema: schema }, asked)).text ?? '')).toEqual({
      city: 'Oslo',
      degrees: 4,
    });
    const responseJsonSchema = { type: 'object', properties: { degrees: { const: 4 } }, required: ['degrees'] };
    expect(JSON.parse((await ask({ ...json, responseJsonSchema }, asked)).text ?? '')).toEqual({ degrees: 4 });
    const mood = { responseMimeType: 'text/x.enum', responseSchema: { type: Type.STRING, enum: ['happy', 'sad'] } };
    expect((await ask(mood, 'I am happy')).text).toBe('happy');
  });

  test.each([
    [FunctionCallingConfigMode.NONE, undefined, 0],
    [FunctionCallingConfigMode.ANY, undefined, 1],
    [FunctionCallingConfigMode.ANY, ['get_weather'], 1],
  ])('function calling %s %j', async (mode, allowedFunctionNames, count) => {
    const functionCallingConfig = { mode, ...(allowedFunctionNames ? { allowedFunctionNames } : {}) };
    const { functionCalls = [] } = await ask(
      { tools: [weather], toolConfig: { functionCallingConfig } },
      'Tell me a joke',
    );
    expect(functionCalls).toHaveLength(count);
  });

  test('images are counted, inline and by address', async () => {
    const { text, usageMetadata } = await studio.models.generateContent({
      model: 'sim-small',
      contents: [
        { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } },
        { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } },
        { text: 'What is this?' },
      ],
    });
    expect(text).toContain('I was shown 2 images');
    expect(usageMetadata?.promptTokenCount).toBeGreaterThan(2 * 258);
  });

  test('a chat keeps its history', async () => {
    const chat = studio.chats.create({ model: 'sim-reasoner' });
    await chat.sendMessage({ message: 'My name is Ada.' });
    expect((await chat.sendMessage({ message: 'What is my name?' })).text).toContain('Your name is Ada.');
  });
});

test('errors reach the SDK with their status', async () => {
  const failing = (model: string) => studio.models.generateContent({ model, contents: 'Hi' });
  await expect(failing('sim-small+429')).rejects.toMatchObject({ name: 'ApiError', status: 429 });
  await expect(failing('gemini-3-pro')).rejects.toMatchObject({ status: 404 });
  const stream = await studio.models.generateContentStream({ model: 'sim-small+error-in-stream:3', contents: 'Hi' });
  await expect(collect(stream)).rejects.toBeInstanceOf(ApiError);
});
