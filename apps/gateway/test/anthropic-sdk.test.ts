import Anthropic from '@anthropic-ai/sdk';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

/** Anthropic's unmodified SDK, with only base URL and key changed. */
let world: World;
let simulator: Simulator;
let client: Anthropic;
let limited: Anthropic;

beforeAll(async () => {
  world = await openWorld();
  simulator = await startSimulator({});
  const lab = publisher(`claude-${newId().slice(-8)}`);
  const keys = [{ id: newId(), sealed: seal(lab.dataKey, 'sim-very-secret-key', 'provider_key'), weight: 1 }];
  const openai = provider(lab, `${simulator.url}/v1`, { keys });
  model(lab, openai.id, 'gpt', { providerModel: 'sim-small' });
  const llm = api(lab, 'models', { kind: 'llm', models: ['gpt'] });
  const tight = api(lab, 'tight', { kind: 'llm', models: ['gpt'] }, [{ requests: 1, windowSeconds: 3600 }]);
  const key = apiKey();
  const tightKey = apiKey();
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
  await publishApplication(world.redis, application([subscription(lab, tight)], [tightKey.entry]));
  limited = new Anthropic({ baseURL: `${world.url}/${lab.doc.slug}/tight/v1`, apiKey: tightKey.secret, maxRetries: 0 });
  client = new Anthropic({ baseURL: world.url, apiKey: key.secret, maxRetries: 0 });
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});

const textOf = (message: Anthropic.Message): string =>
  message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
const ask = (content: string) => ({ max_tokens: 2000, messages: [{ role: 'user' as const, content }] });
const weather: Anthropic.Tool = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe.each(['gpt'])('a model behind the name %s', (name) => {
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
    const event = await world.event(request_id ?? null);
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

  it('counts tokens without asking the provider', async () => {
    const asked = simulator.requests().length;
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
    expect(simulator.requests().length).toBe(asked);
    await expect(client.messages.countTokens({ model: 'nobody', messages: [] })).rejects.toMatchObject({ status: 404 });
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

describe('a gateway for Anthropic’s clients', () => {
  it('tells limits in the headers Anthropic’s clients read', async () => {
    const { response } = await limited.messages.create({ model: 'gpt', ...ask('Hi') }).withResponse();
    const told = (header: string) => response.headers.get(`anthropic-ratelimit-requests-${header}`);
    expect([told('limit'), told('remaining')]).toEqual(['1', '0']);
    expect(told('reset')).toMatch(/^\d{4}-\d\d-\d\dT[\d:]+Z$/);
    const refused = limited.messages.create({ model: 'gpt', ...ask('Hi') });
    await expect(refused).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' });
  });
});
