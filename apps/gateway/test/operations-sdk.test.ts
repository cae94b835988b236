import { GoogleGenAI } from '@google/genai';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperationLab, openOperationLab } from './operation-lab.ts';

/** OpenAI's and Google's unmodified SDKs for what is not chat, at `/v1` and at an API's own address. */
let lab: OperationLab;
let openai: OpenAI;
let atApi: OpenAI;
let google: GoogleGenAI;

beforeAll(async () => {
  lab = await openOperationLab();
  openai = new OpenAI({ baseURL: `${lab.world.url}/v1`, apiKey: lab.key, maxRetries: 0 });
  atApi = new OpenAI({ baseURL: lab.apiUrl, apiKey: lab.key, maxRetries: 0 });
  google = new GoogleGenAI({ apiKey: lab.key, httpOptions: { baseUrl: lab.world.url } });
});
afterAll(() => lab.close());

const length = (vector: readonly number[] = []): number => Math.hypot(...vector);

describe.each(['openai', 'gemini', 'cohere', 'azure'])('embeddings of %s', (format) => {
  const model = `${format}-embedding`;

  it('come to OpenAI’s SDK, and are paid for', async () => {
    const input = ['the tide comes in', 'stock prices fell'];
    const asked = openai.embeddings.create({ model, input, dimensions: 256 });
    const { data, response } = await asked.withResponse();
    expect(data.model).toBe(model);
    expect(data.data.map(({ index }) => index)).toEqual([0, 1]);
    for (const { embedding } of data.data) expect(length(embedding)).toBeCloseTo(1, 3);
    const event = await lab.world.event(response.headers.get('x-request-id'));
    expect(event).toMatchObject({ kind: 'chat', model, status: 200, code: null, outputTokens: 0, stream: false });
    expect(event.inputTokens).toBeGreaterThan(5);
    expect(event.costNano).toBe(String(event.inputTokens * 2000 + 5));
    const again = await atApi.embeddings.create({ model, input, dimensions: 256, encoding_format: 'float' });
    expect(again.data[0]?.embedding.length).toBe(256);
    expect(again.data[0]?.embedding[0]).toBeCloseTo(data.data[0]?.embedding[0] ?? 0, 5);
  });

  it('come to Google’s SDK', async () => {
    const { embeddings = [] } = await google.models.embedContent({
      model,
      contents: ['the tide comes in', 'stock prices fell'],
      config: { outputDimensionality: 256 },
    });
    expect(embeddings).toHaveLength(2);
    for (const { values } of embeddings) expect(length(values)).toBeCloseTo(1, 3);
  });
});

describe('pictures', () => {
  it.each(['openai-image', 'azure-image'])('of %s come whole', async (model) => {
    const asked = openai.images.generate({ model, prompt: 'A lighthouse', quality: 'low', n: 2 });
    const { data, response } = await asked.withResponse();
    expect(data.data?.map(({ b64_json }) => b64_json?.slice(0, 8))).toEqual(['iVBORw0K', 'iVBORw0K']);
    const event = await lab.world.event(response.headers.get('x-request-id'));
    expect(event).toMatchObject({ usageSource: 'provider', outputTokens: data.usage?.output_tokens });
  });

  it('stream as they become clear, and are edited', async () => {
    const asked = await atApi.images
      .generate({ model: 'openai-image', prompt: 'A lighthouse', quality: 'low', stream: true, partial_images: 1 })
      .withResponse();
    const types: string[] = [];
    let picture = '';
    for await (const event of asked.data) {
      types.push(event.type);
      picture = event.b64_json;
    }
    expect(types).toEqual(['image_generation.partial_image', 'image_generation.completed']);
    const event = await lab.world.event(asked.response.headers.get('x-request-id'));
    expect(event).toMatchObject({ stream: true, usageSource: 'provider', code: null });
    const image = await toFile(Buffer.from(picture, 'base64'), 'a.png', { type: 'image/png' });
    const edited = await openai.images.edit({ model: 'openai-image', prompt: 'At night', image });
    expect(edited.data?.[0]?.b64_json?.slice(0, 8)).toBe('iVBORw0K');
  });
});

describe('sound', () => {
  const say = (client: OpenAI, rest: object = {}) =>
    client.audio.speech.create({ model: 'openai-speech', voice: 'alloy', input: 'Good morning, Ada.', ...rest });

  it('is spoken, handed on byte for byte, and understood again', async () => {
    const spoken = await say(openai, { response_format: 'wav' });
    expect(spoken.headers.get('content-type')).toBe('audio/wav');
    const bytes = Buffer.from(await spoken.arrayBuffer());
    const direct = new OpenAI({ baseURL: `${lab.simulator.url}/v1`, apiKey: 'sim-x', maxRetries: 0 });
    const same = await say(direct, { model: 'sim-speech', response_format: 'wav' });
    expect(bytes.equals(Buffer.from(await same.arrayBuffer()))).toBe(true);
    const event = await lab.world.event(spoken.headers.get('x-request-id'));
    expect(event).toMatchObject({ usageSource: 'estimated', responseBytes: bytes.length, model: 'openai-speech' });
    expect(event.inputTokens).toBeGreaterThan(2);
    const file = await toFile(bytes, 'said.wav');
    for (const client of [openai, atApi]) {
      const heard = await client.audio.transcriptions.create({ model: 'openai-transcribe', file });
      expect(heard.text).toBe('Good morning, Ada.');
    }
    const text = await openai.audio.translations.create({ model: 'openai-whisper', file, response_format: 'srt' });
    expect(text).toMatch(/^1\n00:00:00,000 --> /);
  });

  it('streams as events, both ways', async () => {
    const spoken = await say(openai, { stream_format: 'sse', response_format: 'pcm' });
    const events = (await spoken.text()).split('\n\n').filter((event) => event !== '');
    expect(JSON.parse(events.at(-1)?.slice(6) ?? '')).toMatchObject({ type: 'speech.audio.done' });
    const file = await toFile(Buffer.from(await (await say(openai)).arrayBuffer()), 'a.mp3');
    const stream = await openai.audio.transcriptions.create({ model: 'openai-transcribe', file, stream: true });
    let text = '';
    let last = '';
    for await (const event of stream) {
      if (event.type === 'transcript.text.delta') text += event.delta;
      last = event.type;
    }
    expect([text, last]).toEqual(['Good morning, Ada.', 'transcript.text.done']);
  });
});

it('moderates', async () => {
  const input = ['I like tea', 'I will kill you'];
  const { results, model } = await openai.moderations.create({ model: 'openai-moderation', input });
  expect(model).toBe('openai-moderation');
  expect(results.map(({ flagged }) => flagged)).toEqual([false, true]);
});
