import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** Logprobs, kinds of input and choices of chat completions, by the unmodified OpenAI SDK. */
let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const ask = (content: string, rest: object = {}) => ({
  model: 'sim-small',
  messages: [{ role: 'user' as const, content }],
  ...rest,
});

test('logprobs cover the text, whole and streamed alike', async () => {
  const asked = ask('Tell me about bees', { logprobs: true, top_logprobs: 3, n: 2 });
  const { choices } = await client.chat.completions.create(asked);
  for (const { logprobs, message } of choices) {
    const tokens = logprobs?.content ?? [];
    expect(tokens.map(({ token }) => token).join('')).toBe(message.content);
    expect(tokens.every(({ logprob, top_logprobs: top }) => logprob <= 0 && top.length === 3)).toBe(true);
    expect(Buffer.from(tokens.flatMap(({ bytes }) => bytes ?? [])).toString()).toBe(message.content);
  }
  const chunks = await collect(await client.chat.completions.create({ ...asked, stream: true }));
  const second = chunks.flatMap((chunk) => chunk.choices).filter(({ index }) => index === 1);
  expect(second.flatMap(({ logprobs }) => logprobs?.content ?? [])).toEqual(choices[1]?.logprobs?.content);
  await expect(client.chat.completions.create(ask('Hi', { top_logprobs: 2 }))).rejects.toThrow(/'top_logprobs'/);
});

test('sound, files and images are taken, counted and named', async () => {
  const media = [
    {
      type: 'input_audio' as const,
      input_audio: { data: Buffer.alloc(9000).toString('base64'), format: 'wav' as const },
    },
    { type: 'file' as const, file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
    { type: 'image_url' as const, image_url: { url: 'https://example.com/a.png', detail: 'low' as const } },
  ];
  const send = (content: OpenAI.ChatCompletionContentPart[]) =>
    client.chat.completions.create({ model: 'sim-small', messages: [{ role: 'user', content }] });
  const text = { type: 'text' as const, text: 'What is this?' };
  const plain = await send([text]);
  const { choices, usage } = await send([text, ...media]);
  expect(choices[0]?.message.content).toContain('1 audio and 1 document and 1 image');
  expect((usage?.prompt_tokens ?? 0) - (plain.usage?.prompt_tokens ?? 0)).toBeGreaterThan(1085);
  await expect(send([{ type: 'file', file: {} }])).rejects.toBeInstanceOf(OpenAI.BadRequestError);
});
