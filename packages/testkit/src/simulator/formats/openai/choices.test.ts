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

test('answers are spoken, whole and streamed, with their words beside', async () => {
  const written = await client.chat.completions.create(ask('Explain tides in 12 words'));
  const speech = (format: 'wav' | 'pcm16') => ({
    ...ask('Explain tides in 12 words'),
    modalities: ['text' as const, 'audio' as const],
    audio: { voice: 'alloy' as const, format },
  });
  const { choices, usage } = await client.chat.completions.create(speech('wav'));
  const { audio, content } = choices[0]?.message ?? {};
  expect(content).toBeNull();
  expect(audio?.transcript).toBe(written.choices[0]?.message.content);
  expect(
    Buffer.from(audio?.data ?? '', 'base64')
      .subarray(0, 4)
      .toString(),
  ).toBe('RIFF');
  const spoken = usage?.completion_tokens_details?.audio_tokens ?? 0;
  expect(spoken).toBeGreaterThan(10);
  expect(usage?.completion_tokens).toBe((written.usage?.completion_tokens ?? 0) + spoken);
  const chunks = await collect(await client.chat.completions.create({ ...speech('pcm16'), stream: true }));
  const deltas = chunks.map((chunk) => {
    const delta: { audio?: { transcript?: string; data?: string } } | undefined = chunk.choices[0]?.delta;
    return delta?.audio;
  });
  expect(deltas.map((delta) => delta?.transcript ?? '').join('')).toBe(audio?.transcript);
  const sound = Buffer.from(deltas.map((delta) => delta?.data ?? '').join(''), 'base64');
  expect(sound.length % 2).toBe(0);
  expect(sound.length).toBeGreaterThan(24_000);
  await expect(client.chat.completions.create({ ...speech('wav'), stream: true })).rejects.toThrow(/pcm16/);
});

test('allowed_tools offers some of the tools', async () => {
  const tool = (name: string) => ({ type: 'function' as const, function: { name, parameters: { type: 'object' } } });
  const { choices } = await client.chat.completions.create({
    ...ask('Tell me a joke'),
    tools: [tool('get_weather'), tool('get_time')],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'get_time' } }] },
    },
  });
  expect(choices[0]?.message.tool_calls).toMatchObject([{ function: { name: 'get_time' } }]);
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
