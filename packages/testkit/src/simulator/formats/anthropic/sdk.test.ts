import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { countTokens } from '../../core/tokens.ts';
import { MODELS } from '../../models.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** The unmodified Anthropic SDK, pointed straight at the simulator, proves that the wire format is Anthropic's. */
let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Anthropic({ apiKey: 'sim-test', baseURL: simulator.url, maxRetries: 0 });
});
afterAll(() => simulator.close());

const ask = (content: string) => ({
  model: 'sim-small',
  max_tokens: 4000,
  messages: [{ role: 'user' as const, content }],
});

const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const textOf = (message: Anthropic.Message): string =>
  message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');

describe('text', () => {
  test('names itself, in the text and a header, and has a request id', async () => {
    const { data, response, request_id } = await client.messages.create(ask('Explain tides')).withResponse();
    expect(textOf(data)).toMatch(/^\[simulated by Parley\] \S/);
    expect(response.headers.get('x-parley-simulator')).toBe('1');
    expect(request_id).toMatch(/^req_/);
    expect(response.headers.get('anthropic-ratelimit-requests-reset')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z$/);
    expect(data).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn', stop_sequence: null });
  });

  test('is the same when streamed, and the same words as in the OpenAI format', async () => {
    const whole = await client.messages.create(ask('Tell me about bees'));
    const streamed = await client.messages.stream(ask('Tell me about bees')).finalMessage();
    expect(streamed).toMatchObject(whole);
    const chat = await fetch(`${simulator.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sim-test' },
      body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content: 'Tell me about bees' }] }),
    });
    const body = (await chat.json()) as { choices: { message: { content: string } }[] };
    expect(textOf(whole)).toBe(body.choices[0]?.message.content);
  });

  test('usage counts tokens; system prompts steer and count', async () => {
    const plain = await client.messages.create(ask('Explain tides'));
    expect(plain.usage.output_tokens).toBe(countTokens(textOf(plain)));
    const short = await client.messages.create({ ...ask('Explain tides'), system: 'Answer in 12 words.' });
    expect(textOf(short).replace('[simulated by Parley] ', '').split(' ')).toHaveLength(12);
    expect(short.usage.input_tokens).toBeGreaterThan(plain.usage.input_tokens);
    const counted = await client.messages.countTokens({ ...ask('Explain tides'), max_tokens: undefined } as never);
    expect(counted.input_tokens).toBe(plain.usage.input_tokens);
  });

  test('max_tokens and stop_sequences end it with their reasons', async () => {
    const cut = await client.messages.create({ ...ask('Explain tides'), max_tokens: 9 });
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 9 } });
    const request = { ...ask('Reply with exactly: one, two, three'), stop_sequences: ['zzz', ', two'] };
    for (const message of [
      await client.messages.create(request),
      await client.messages.stream(request).finalMessage(),
    ]) {
      expect(message).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: ', two' });
      expect(textOf(message)).toBe('[simulated by Parley] one');
    }
  });

  test('continues a prefilled answer with what is left of it', async () => {
    const whole = textOf(await client.messages.create(ask('Explain tides')));
    const prefill = whole.slice(0, 60).trimEnd();
    const messages = [...ask('Explain tides').messages, { role: 'assistant' as const, content: prefill }];
    const rest = await client.messages.create({ ...ask(''), messages });
    expect(prefill + textOf(rest)).toBe(whole);
    const paused = await client.messages.create(ask('Explain tides [[simulate: pause-turn after=12]]'));
    expect(paused.stop_reason).toBe('pause_turn');
    const resumed = await client.messages.create({
      ...ask(''),
      messages: [...ask('Explain tides').messages, { role: 'assistant', content: textOf(paused).trimEnd() }],
    });
    expect((textOf(paused).trimEnd() + textOf(resumed)).replace(/\s+/g, ' ')).toBe(whole);
  });

  test('images and documents are accepted and counted', async () => {
    const message = await client.messages.create({
      ...ask(''),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'A text.' }, title: 'T' },
            { type: 'text', text: 'What is this?' },
          ],
        },
      ],
    });
    expect(textOf(message)).toContain('I was shown 1 image and 1 document.');
    expect(message.usage.input_tokens).toBeGreaterThan(2000);
  });

  test('structured output is held to its schema, as the SDK parses it', async () => {
    const schema = {
      type: 'object' as const,
      properties: { city: { type: 'string' }, mood: { type: 'string', enum: ['good', 'bad'] } },
      required: ['city', 'mood'],
      additionalProperties: false,
    };
    const message = await client.messages.create({
      ...ask('How is Paris? It feels bad.'),
      output_config: { format: { type: 'json_schema', schema } },
    });
    expect(JSON.parse(textOf(message))).toEqual({ city: 'Paris', mood: 'bad' });
  });
});

describe('tools', () => {
  const request = { ...ask('What is the weather in Paris and Tokyo?'), tools: [weather] };

  test('parallel calls, the same whole and streamed, and a round with their results', async () => {
    const whole = await client.messages.create(request);
    const streamed = await client.messages.stream(request).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(whole.stop_reason).toBe('tool_use');
    const calls = whole.content.filter((block) => block.type === 'tool_use');
    expect(calls.map((call) => call.input)).toEqual([{ city: 'Paris' }, { city: 'Tokyo' }]);
    const answer = await client.messages.create({
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', content: whole.content },
        {
          role: 'user',
          content: calls.map((call, at) => ({
            type: 'tool_result',
            tool_use_id: call.id,
            content: `${20 + at} degrees`,
          })),
        },
      ],
    });
    expect(textOf(answer)).toContain('From the tools I learned: 20 degrees; 21 degrees.');
  });

  test('tool_choice: none, one at a time, forced by name', async () => {
    const choose = async (tool_choice: Anthropic.ToolChoice) => {
      const { content } = await client.messages.create({ ...request, tool_choice });
      return content.map((block) => (block.type === 'tool_use' ? block.input : block.type));
    };
    expect(await choose({ type: 'none' })).toEqual(['text']);
    expect(await choose({ type: 'auto', disable_parallel_tool_use: true })).toEqual([{ city: 'Paris' }]);
    expect(await choose({ type: 'tool', name: 'get_weather' })).toEqual([{ city: 'Paris' }]);
  });

  test('text before tools, on request: one block after the other', async () => {
    const asked = {
      ...request,
      messages: ask(`${request.messages[0]?.content} [[simulate: text-before-tools]]`).messages,
    };
    const message = await client.messages.stream(asked).finalMessage();
    expect(message.content.map((block) => block.type)).toEqual(['text', 'tool_use', 'tool_use']);
    expect(textOf(message)).toBe('[simulated by Parley] I will use get_weather.');
  });

  test('arguments cut by max_tokens stay what was sent', async () => {
    const events = await collect(await client.messages.create({ ...request, max_tokens: 4, stream: true }));
    const deltas = events.flatMap((event) =>
      event.type === 'content_block_delta' && event.delta.type === 'input_json_delta' ? [event.delta.partial_json] : [],
    );
    expect(() => JSON.parse(deltas.join(''))).toThrow(SyntaxError);
    expect(events.find((event) => event.type === 'message_delta')?.delta.stop_reason).toBe('max_tokens');
  });
});

describe('thinking', () => {
  const request = {
    ...ask('What is the weather in Paris?'),
    tools: [weather],
    thinking: { type: 'enabled' as const, budget_tokens: 1024 },
  };

  async function replay(change: (block: Anthropic.ContentBlock) => Anthropic.ContentBlockParam | null) {
    const first = await client.messages.create(request);
    const call = first.content.find((block) => block.type === 'tool_use');
    return client.messages.create({
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', content: first.content.map(change).filter((block) => block !== null) },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'sun' }] },
      ],
    });
  }

  test('comes first, is signed, is billed, and streams to the same block', async () => {
    const whole = await client.messages.create(request);
    const streamed = await client.messages.stream(request).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(whole.content.map((block) => block.type)).toEqual(['thinking', 'tool_use']);
    const [thinking] = whole.content;
    if (thinking?.type !== 'thinking') throw new Error('no thinking');
    expect(whole.usage.output_tokens_details?.thinking_tokens).toBe(512);
    expect(thinking.signature).not.toBe('');
  });

  test('is checked when it comes back: as sent it passes, altered, unsigned or left out it is refused', async () => {
    expect(textOf(await replay((block) => block))).toContain('sun');
    await expect(
      replay((block) => (block.type === 'thinking' ? { ...block, thinking: `${block.thinking}!` } : block)),
    ).rejects.toThrow(/messages\.1\.content\.0: Invalid `signature` in `thinking` block/);
    await expect(
      replay((block) => (block.type === 'thinking' ? { ...block, signature: 'bm90IG1pbmU=' } : block)),
    ).rejects.toThrow(/Invalid `signature`/);
    await expect(replay((block) => (block.type === 'thinking' ? null : block))).rejects.toThrow(
      /Expected `thinking` or `redacted_thinking`, but found `tool_use`/,
    );
  });

  test('redacted and omitted thinking come back too, and are checked', async () => {
    const redacted = await client.messages.create({
      ...ask('Explain tides [[simulate: redacted-thinking]]'),
      thinking: { type: 'adaptive' },
    });
    expect(redacted.content.map((block) => block.type)).toEqual(['thinking', 'redacted_thinking', 'text']);
    const omitted = await client.messages.create({
      ...ask('Explain tides'),
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'low' },
    });
    expect(omitted.content[0]).toMatchObject({ type: 'thinking', thinking: '' });
    expect(omitted.usage.output_tokens_details?.thinking_tokens).toBe(64);
    const again = (content: Anthropic.ContentBlockParam[]) =>
      client.messages.create({
        ...ask(''),
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content },
          { role: 'user', content: 'Hello!' },
        ],
      });
    for (const message of [redacted, omitted]) expect(textOf(await again(message.content))).toContain('Hello!');
    await expect(again([{ type: 'redacted_thinking', data: 'AAAA' }])).rejects.toThrow(/Invalid `data`/);
  });
});

describe('errors and models', () => {
  test.each([
    ['401', Anthropic.AuthenticationError, 'authentication_error'],
    ['429', Anthropic.RateLimitError, 'rate_limit_error'],
    ['insufficient-quota', Anthropic.BadRequestError, 'invalid_request_error'],
    ['500', Anthropic.InternalServerError, 'api_error'],
    ['529', Anthropic.InternalServerError, 'overloaded_error'],
  ])('%s is the exception of the SDK', async (fault, kind, type) => {
    const refused = await client.messages.create(ask(`Hi [[simulate: ${fault}]]`)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(kind);
    expect(refused).toMatchObject({
      error: { type: 'error', error: { type }, request_id: expect.stringMatching(/^req_/) },
    });
  });

  test('keys and versions are asked for', async () => {
    const other = new Anthropic({ apiKey: 'sk-ant-secret-1234567890', baseURL: simulator.url, maxRetries: 0 });
    const refused = await other.messages.create(ask('Hi')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Anthropic.AuthenticationError);
    expect(`${String(refused)}${JSON.stringify(simulator.requests())}`).not.toContain('secret');
    const post = async (headers: Record<string, string>) => {
      const answer = await fetch(`${simulator.url}/v1/messages`, { method: 'POST', headers, body: '{}' });
      return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message];
    };
    expect(await post({})).toEqual([401, 'x-api-key header is required']);
    expect(await post({ 'x-api-key': 'sim-1' })).toEqual([400, 'anthropic-version: header is required']);
    const beta = { 'x-api-key': 'sim-1', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'vertex only' };
    expect((await post(beta))[1]).toMatch(/^Unexpected value\(s\) `vertex only` for the `anthropic-beta` header/);
  });

  test('an error within a stream is thrown by the SDK', async () => {
    const stream = client.messages.stream(ask('Explain tides [[simulate: error-in-stream after=4]]'));
    await expect(stream.finalMessage()).rejects.toMatchObject({ error: { error: { type: 'overloaded_error' } } });
  });

  test('a refusal says what kind', async () => {
    for (const message of [
      await client.messages.create(ask('Explain tides [[simulate: refusal]]')),
      await client.messages.stream(ask('Explain tides [[simulate: refusal]]')).finalMessage(),
    ]) {
      expect(message).toMatchObject({ stop_reason: 'refusal', stop_details: { type: 'refusal' } });
    }
  });

  test('lists models, page by page', async () => {
    const all = await collect(client.models.list({ limit: 2 }));
    expect(all.map(({ id }) => id)).toEqual(MODELS.map(({ id }) => id));
    expect(await client.models.retrieve('sim-other')).toMatchObject({ id: 'sim-other', type: 'model' });
    await expect(client.models.retrieve('claude-x')).rejects.toThrow(/model: claude-x/);
    await expect(client.messages.create({ ...ask('Hi'), model: 'claude-x' })).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
  });
});
