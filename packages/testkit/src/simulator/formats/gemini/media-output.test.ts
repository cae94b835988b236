import { type GenerateContentResponse, GoogleGenAI, Modality } from '@google/genai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Pictures and sound from Gemini, by the unmodified Google SDK. */
let simulator: Simulator;
let ai: GoogleGenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  ai = new GoogleGenAI({ apiKey: 'sim-test', httpOptions: { baseUrl: simulator.url } });
});
afterAll(() => simulator.close());

const ask = (...responseModalities: Modality[]) => ({
  model: 'sim-image',
  contents: 'A lighthouse in 8 words',
  config: { responseModalities },
});

const dataOf = (response: GenerateContentResponse): string[] =>
  (response.candidates?.[0]?.content?.parts ?? []).flatMap((part) => part.inlineData?.data ?? []);

test.each([
  [[Modality.TEXT, Modality.IMAGE], ['text', 'inlineData'], 'image/png'],
  [[Modality.IMAGE], ['inlineData'], 'image/png'],
  [[Modality.AUDIO], ['inlineData'], 'audio/L16;codec=pcm;rate=24000'],
])('%j', async (modalities, kinds, type) => {
  const whole = await ai.models.generateContent(ask(...modalities));
  const parts = whole.candidates?.[0]?.content?.parts ?? [];
  expect(parts.map((part) => Object.keys(part)[0])).toEqual(kinds);
  expect(parts.at(-1)?.inlineData?.mimeType).toBe(type);
  expect(Buffer.from(dataOf(whole)[0] ?? '', 'base64').length).toBeGreaterThan(1000);
  const chunks = await collect(await ai.models.generateContentStream(ask(...modalities)));
  expect(chunks.flatMap(dataOf)).toEqual(dataOf(whole));
  expect(chunks.at(-1)?.usageMetadata).toEqual(whole.usageMetadata);
});
