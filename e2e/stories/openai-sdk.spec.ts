import { expect, test } from '@playwright/test';
import OpenAI, { APIUserAbortError, AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { running } from '../src/running.ts';

/** The unmodified SDK, with only base URL and key changed. */
const client = (): OpenAI =>
  new OpenAI({ baseURL: `${running().gatewayUrl}/v1`, apiKey: running().demo.apiKey, maxRetries: 0 });
const hello = [{ role: 'user' as const, content: 'Say hello in five words.' }];

test('chat answers with the tenant’s model name and true usage', async () => {
  const reply = await client().chat.completions.create({ model: 'swift', messages: hello });
  expect(reply.model).toBe('swift');
  expect(reply.choices[0]?.finish_reason).toBe('stop');
  expect(reply.choices[0]?.message.content).toContain('simulated');
  expect(reply.usage?.total_tokens).toBe((reply.usage?.prompt_tokens ?? 0) + (reply.usage?.completion_tokens ?? 0));
});

test('a stream gives its text in pieces, and usage only when asked for', async () => {
  for (const asked of [false, true]) {
    const stream = await client().chat.completions.create({
      model: 'swift',
      messages: hello,
      stream: true,
      ...(asked ? { stream_options: { include_usage: true } } : {}),
    });
    let text = '';
    let pieces = 0;
    let usage = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      pieces += 1;
      if (chunk.usage) usage += 1;
    }
    expect(text).toContain('simulated');
    expect(pieces).toBeGreaterThan(2);
    expect(usage).toBe(asked ? 1 : 0);
  }
});

test('tools are called, and their results are read', async () => {
  const tools = [
    {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        description: 'Weather of a city',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ];
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'What is the weather in Oslo?' }];
  const first = await client().chat.completions.create({ model: 'sage', messages, tools, tool_choice: 'required' });
  const call = first.choices[0]?.message.tool_calls?.[0];
  if (call?.type !== 'function') throw new Error('no function was called');
  expect(first.choices[0]?.finish_reason).toBe('tool_calls');
  expect(call.function.name).toBe('get_weather');
  expect(typeof JSON.parse(call.function.arguments).city).toBe('string');
  messages.push(first.choices[0]?.message as OpenAI.ChatCompletionMessage, {
    role: 'tool',
    tool_call_id: call.id,
    content: '{"degrees":7}',
  });
  const second = await client().chat.completions.create({ model: 'sage', messages, tools });
  expect(second.choices[0]?.finish_reason).toBe('stop');
});

test('an abort ends the stream with the SDK’s own error', async () => {
  const abort = new AbortController();
  const stream = await client().chat.completions.create(
    {
      model: 'swift',
      messages: [{ role: 'user', content: 'Tell a very long story. [[simulate: slow-tokens ms=50]]' }],
      stream: true,
    },
    { signal: abort.signal },
  );
  let pieces = 0;
  const read = async (): Promise<void> => {
    for await (const chunk of stream) {
      pieces += chunk.choices.length;
      if (pieces === 3) abort.abort();
    }
  };
  await read().catch((error: unknown) => expect(error).toBeInstanceOf(APIUserAbortError));
  expect(pieces).toBeGreaterThanOrEqual(3);
  expect(pieces).toBeLessThan(20);
});

test('errors arrive as the SDK’s own classes, with code and request id', async () => {
  const unknown = client().chat.completions.create({ model: 'no-such-model', messages: hello });
  await expect(unknown).rejects.toBeInstanceOf(NotFoundError);
  await expect(unknown).rejects.toMatchObject({
    code: 'model_not_found',
    requestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const stranger = new OpenAI({ baseURL: `${running().gatewayUrl}/v1`, apiKey: 'pk_live_nothing', maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError);
  const wrong = client().chat.completions.create({ model: 'swift', messages: 'hello' as never });
  await expect(wrong).rejects.toBeInstanceOf(BadRequestError);
});

/** Models and names of the chat API, and of the support desk's. */
const NAMES = ['assistant', 'desk-backup', 'ponder', 'quick', 'sage', 'smart', 'swift'];

test('models lists what the key may use, under the tenant’s names', async () => {
  const page = await client().models.list();
  expect(page.data.map((model) => model.id).sort()).toEqual(NAMES);
});
