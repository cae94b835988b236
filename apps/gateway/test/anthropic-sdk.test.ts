import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, type FormatLab, openFormatLab } from './format-lab.ts';

/** Anthropic's unmodified SDK, with only base URL and key changed. */
let lab: FormatLab;
let client: Anthropic;
let limited: Anthropic;

beforeAll(async () => {
  lab = await openFormatLab();
  client = new Anthropic({ baseURL: lab.world.url, apiKey: lab.key, maxRetries: 0 });
  limited = new Anthropic({ baseURL: lab.tight.url, apiKey: lab.tight.key, maxRetries: 0 });
});
afterAll(() => lab.close());

const textOf = (message: Anthropic.Message): string =>
  message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
const ask = (content: string) => ({ max_tokens: 2000, messages: [{ role: 'user' as const, content }] });
const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe.each(FORMATS)('a model of a provider that speaks %s', (name) => {
  it('answers whole and streamed with the same words and the same usage', async () => {
    const { data: whole, request_id } = await client.messages
      .create({ model: name, ...ask('Explain tides') })
      .withResponse();
    const streamed = await client.messages.stream({ model: name, ...ask('Explain tides') }).finalMessage();
    expect(textOf(whole)).not.toBe('');
    expect(textOf(streamed)).toBe(textOf(whole));
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', model: name, stop_reason: 'end_turn' });
    expect(streamed).toMatchObject({
      model: name,
      stop_reason: 'end_turn',
      usage: { output_tokens: whole.usage.output_tokens },
    });
    expect(streamed.usage.input_tokens).toBe(whole.usage.input_tokens);
    const event = await lab.world.event(request_id ?? null);
    expect(event).toMatchObject({
      kind: 'chat',
      inputTokens: whole.usage.input_tokens,
      outputTokens: whole.usage.output_tokens,
    });
  });

  it('runs an agent: parallel tools, streamed, their results sent back', async () => {
    const messages: Anthropic.MessageParam[] = [
      { role: 'user', content: 'What is the weather in Paris and in Oslo? Use the tool.' },
    ];
    const first = await client.messages
      .stream({ model: name, max_tokens: 2000, messages, tools: [weather] })
      .finalMessage();
    const calls = first.content.filter((block) => block.type === 'tool_use');
    expect(first.stop_reason).toBe('tool_use');
    expect(calls.length).toBeGreaterThan(0);
    messages.push({ role: 'assistant', content: first.content });
    messages.push({
      role: 'user',
      content: calls.map((call) => ({ type: 'tool_result' as const, tool_use_id: call.id, content: '21 degrees' })),
    });
    const second = await client.messages.create({ model: name, max_tokens: 2000, messages, tools: [weather] });
    expect(second.stop_reason).toBe('end_turn');
  });

  it('thinks, and goes on with its thoughts and the results of its tools', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
    const messages: Anthropic.MessageParam[] = [
      { role: 'user', content: 'What is the weather in Paris? Use the tool.' },
    ];
    const request = { model: `${name}-thinking`, max_tokens: 4000, thinking, tools: [weather] };
    const first = await client.messages.stream({ ...request, messages }).finalMessage();
    expect(first.stop_reason).toBe('tool_use');
    messages.push({ role: 'assistant', content: first.content });
    const results = first.content.flatMap((block) =>
      block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, content: '21 degrees' }] : [],
    );
    messages.push({ role: 'user', content: results });
    const second = await client.messages.stream({ ...request, messages }).finalMessage();
    expect(second.stop_reason).toBe('end_turn');
    expect(textOf(second)).toContain('21 degrees');
  });

  it('answers in the form it is given', async () => {
    const schema = {
      type: 'object' as const,
      properties: { city: { type: 'string' }, mood: { type: 'string', enum: ['good', 'bad'] } },
      required: ['city', 'mood'],
      additionalProperties: false,
    };
    const request = {
      model: name,
      ...ask('How is Paris? It feels bad.'),
      output_config: { format: { type: 'json_schema' as const, schema } },
    };
    for (const message of [
      await client.messages.create(request),
      await client.messages.stream(request).finalMessage(),
    ]) {
      expect(message.stop_reason).toBe('end_turn');
      expect(Object.keys(JSON.parse(textOf(message)) as object).sort()).toEqual(['city', 'mood']);
    }
  });

  it('says that a stream was cut off, and never ends it as if it were whole', async () => {
    const events: string[] = [];
    const stream = client.messages.stream({
      model: name,
      ...ask('List ten facts about rivers. [[simulate: truncate after=12]]'),
    });
    stream.on('streamEvent', ({ type }) => events.push(type));
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'api_error' });
    expect(events).toContain('message_start');
    expect(events).not.toContain('message_stop');
  });

  it('counts tokens without asking the provider', async () => {
    const asked = lab.simulator.requests().length;
    const { input_tokens: bare } = await client.messages.countTokens({
      model: name,
      messages: ask('Explain tides').messages,
    });
    const more = await client.messages.countTokens({
      model: name,
      messages: ask('Explain tides').messages,
      tools: [weather],
      system: 'Be brief.',
    });
    expect(bare).toBeGreaterThan(3);
    expect(more.input_tokens).toBeGreaterThan(bare);
    expect(lab.simulator.requests().length).toBe(asked);
    await expect(client.messages.countTokens({ model: 'nobody', messages: [] })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('says in Anthropic’s words what was wrong', async () => {
    await expect(client.messages.create({ model: 'nobody', ...ask('x') })).rejects.toMatchObject({
      status: 404,
      type: 'not_found_error',
    });
    const bad = client.messages.create({
      model: name,
      max_tokens: 5,
      messages: [{ role: 'tool' as never, content: 'x' }],
    });
    await expect(bad).rejects.toMatchObject({ status: 400, type: 'invalid_request_error' });
  });
});

const CACHING = FORMATS.filter((format) => format === 'anthropic' || format === 'bedrock');

describe.each(CACHING)('marks for the cache, at a provider that speaks %s', (name) => {
  it('reach it, and every token is told once, whole and streamed', async () => {
    const mark = { cache_control: { type: 'ephemeral' as const, ttl: '1h' as const } };
    const system = [{ type: 'text' as const, text: `${name} remembers. `.repeat(1200), ...mark }];
    const request = { model: name, max_tokens: 50, system, messages: [{ role: 'user' as const, content: 'Hello!' }] };
    const first = (await client.messages.create(request)).usage;
    expect(first.cache_creation_input_tokens).toBeGreaterThan(1000);
    expect(first.cache_creation?.ephemeral_1h_input_tokens).toBe(first.cache_creation_input_tokens);
    for (const { usage } of [
      await client.messages.create(request),
      await client.messages.stream(request).finalMessage(),
    ]) {
      expect(usage.cache_read_input_tokens).toBe(first.cache_creation_input_tokens);
      expect([usage.cache_creation_input_tokens, usage.input_tokens]).toEqual([0, first.input_tokens]);
    }
  });
});

describe('a gateway for Anthropic’s clients', () => {
  it('tells limits in the headers Anthropic’s clients read', async () => {
    const { response } = await limited.messages.create({ model: 'openai_chat', ...ask('Hi') }).withResponse();
    const told = (header: string) => response.headers.get(`anthropic-ratelimit-requests-${header}`);
    expect([told('limit'), told('remaining')]).toEqual(['1', '0']);
    expect(told('reset')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z$/);
    const refused = limited.messages.create({ model: 'openai_chat', ...ask('Hi') });
    await expect(refused).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' });
  });

  it('lets nobody count tokens past the plan’s limit, at the gateway’s own address neither', async () => {
    const asked = { model: 'openai_chat', messages: ask('Hi').messages };
    const own = new Anthropic({ baseURL: lab.world.url, apiKey: lab.tight.key, maxRetries: 0 });
    await own.messages.countTokens(asked).catch(() => {});
    await expect(own.messages.countTokens(asked)).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' });
  });
});
