import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { countTokens } from '../../core/tokens.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** The unmodified OpenAI SDK, pointed straight at the simulator, proves that the wire format is OpenAI's. */
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

describe('text', () => {
  test('names itself, in the text, the fingerprint and a header', async () => {
    const { data, response } = await client.chat.completions.create(ask('Explain tides')).withResponse();
    expect(data.choices[0]?.message.content).toMatch(/^\[simulated by Parley\] \S/);
    expect(data.system_fingerprint).toBe('parley-simulator');
    expect(response.headers.get('x-parley-simulator')).toBe('1');
    expect(data.choices[0]?.logprobs).toBeNull();
  });

  test('is a function of the request: the same words again, others for another seed, the same when streamed', async () => {
    const request = ask('Tell me about lighthouses', { seed: 1 });
    const text = async (body: typeof request) =>
      (await client.chat.completions.create(body)).choices[0]?.message.content;
    const first = await text(request);
    expect(await text(request)).toBe(first);
    expect(await text({ ...request, seed: 2 } as typeof request)).not.toBe(first);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(first);
  });

  test('follows lengths it is asked for', async () => {
    const { choices } = await client.chat.completions.create(ask('Explain tides in 40 words'));
    expect(choices[0]?.message.content?.replace('[simulated by Parley] ', '').split(' ')).toHaveLength(40);
  });

  test.each([
    ['What is 17 * 3?', 'The answer is 51.'],
    ['Reply with exactly: pong', 'pong'],
    ['Summarise in one sentence: The cat sat. The dog ran.', 'In short: The cat sat.'],
    ['Hello!', 'Hello! How can I help you today?'],
  ])('%s', async (question, answer) => {
    const { choices } = await client.chat.completions.create(ask(question));
    expect(choices[0]?.message.content).toBe(`[simulated by Parley] ${answer}`);
  });

  test('remembers what was said earlier in the conversation', async () => {
    const { choices } = await client.chat.completions.create({
      model: 'sim-small',
      messages: [
        { role: 'user', content: 'My name is Ada.' },
        { role: 'assistant', content: 'Hello Ada.' },
        { role: 'user', content: 'What is my name?' },
      ],
    });
    expect(choices[0]?.message.content).toContain('Your name is Ada.');
  });

  test('n choices differ, carry their own index, and keep their own state in a stream', async () => {
    const whole = await client.chat.completions.create(ask('Tell me about bees', { n: 3 }));
    expect(whole.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    expect(new Set(whole.choices.map((choice) => choice.message.content)).size).toBe(3);
    const streamed = await client.chat.completions.stream(ask('Tell me about bees', { n: 3 })).finalChatCompletion();
    expect(streamed.choices.map((choice) => choice.message.content)).toEqual(
      whole.choices.map((choice) => choice.message.content),
    );
  });

  test('stop cuts before the sequence', async () => {
    const { choices } = await client.chat.completions.create(
      ask('Reply with exactly: one, two, three', { stop: ', two' }),
    );
    expect(choices[0]?.message.content).toBe('[simulated by Parley] one');
    expect(choices[0]?.finish_reason).toBe('stop');
  });

  test.each(['max_tokens', 'max_completion_tokens'])('%s ends with finish_reason length', async (limit) => {
    const { choices, usage } = await client.chat.completions.create(ask('Explain tides', { [limit]: 9 }));
    expect(choices[0]?.finish_reason).toBe('length');
    expect(usage?.completion_tokens).toBe(9);
    expect(countTokens(choices[0]?.message.content ?? '')).toBe(9);
  });
});

describe('usage', () => {
  test('counts real tokens, the same in JSON and in a stream', async () => {
    const whole = await client.chat.completions.create(ask('Explain tides'));
    expect(whole.usage?.completion_tokens).toBe(countTokens(whole.choices[0]?.message.content ?? ''));
    expect(whole.usage?.prompt_tokens).toBe(3 + 3 + countTokens('user') + countTokens('Explain tides'));
    expect(whole.usage?.total_tokens).toBe((whole.usage?.prompt_tokens ?? 0) + (whole.usage?.completion_tokens ?? 0));
    const stream = await client.chat.completions.create({
      ...ask('Explain tides'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  test('is not streamed unless asked for', async () => {
    const stream = await client.chat.completions.create({ ...ask('Explain tides'), stream: true });
    const chunks = await collect(stream);
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.finish_reason)).filter(Boolean)).toEqual([
      'stop',
    ]);
  });

  test('has reasoning tokens by effort, and by default for the reasoner', async () => {
    const reasoning = async (model: string, rest: object) =>
      (await client.chat.completions.create({ ...ask('Why?', rest), model })).usage?.completion_tokens_details
        ?.reasoning_tokens;
    expect(await reasoning('sim-small', {})).toBe(0);
    expect(await reasoning('sim-small', { reasoning_effort: 'low' })).toBe(64);
    expect(await reasoning('sim-reasoner', {})).toBe(192);
    expect(await reasoning('sim-reasoner', { reasoning_effort: 'high' })).toBe(512);
  });

  test('reasoning spends the limit before any text', async () => {
    const { choices, usage } = await client.chat.completions.create({
      ...ask('Why?', { max_completion_tokens: 100 }),
      model: 'sim-reasoner',
    });
    expect(choices[0]).toMatchObject({ finish_reason: 'length', message: { content: '' } });
    expect(usage?.completion_tokens).toBe(100);
  });

  test('special tokens and long unbroken runs in a text are counted, not refused', async () => {
    const startedMs = performance.now();
    const { usage } = await client.chat.completions.create(ask(`<|endoftext|> ${'a'.repeat(20_000)}`));
    expect(usage?.prompt_tokens).toBeGreaterThan(1000);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test('a prompt cache reports repeated prefixes from 1,024 tokens in steps of 128', async () => {
    const cached = await startSimulator({ promptCache: true });
    try {
      const own = new OpenAI({ apiKey: 'sim-test', baseURL: `${cached.url}/v1`, maxRetries: 0 });
      const request = {
        model: 'sim-small',
        messages: [
          { role: 'system' as const, content: 'Be kind to every reader. '.repeat(300) },
          { role: 'user' as const, content: 'Explain tides' },
        ],
      };
      const count = async () =>
        (await own.chat.completions.create(request)).usage?.prompt_tokens_details?.cached_tokens ?? 0;
      expect(await count()).toBe(0);
      const second = await count();
      expect(second).toBeGreaterThanOrEqual(1024);
      expect(second % 128).toBe(0);
    } finally {
      await cached.close();
    }
  });
});

test('images are accepted, mentioned and priced; nothing is fetched', async () => {
  const { choices, usage } = await client.chat.completions.create({
    model: 'sim-small',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Tell me about this picture' },
          { type: 'image_url', image_url: { url: 'https://nowhere.invalid/cat.png', detail: 'low' } },
        ],
      },
    ],
  });
  expect(choices[0]?.message.content).toContain('I was shown 1 image.');
  expect(usage?.prompt_tokens).toBe(3 + 3 + countTokens('user') + countTokens('Tell me about this picture') + 85);
});
