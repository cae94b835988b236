import Anthropic from '@anthropic-ai/sdk';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { NO_SIGNATURE } from '@parley/llm/protocols/gemini/write-contents';
import { type Simulator, startSimulator } from '@parley/testkit/simulator/start';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, formatted, model, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { openWorld, type World } from './world.ts';

/** Other makers' unmodified SDKs with a thinking model of Google's, whose simulator refuses a signature that is not the one it gave. */
let world: World;
let simulator: Simulator;
let openai: OpenAI;
let anthropic: Anthropic;

beforeAll(async () => {
  world = await openWorld();
  simulator = await startSimulator({});
  const lab = publisher(`gemini-${newId().slice(-8)}`);
  const keys = [{ id: newId(), sealed: seal(lab.dataKey, 'sim-very-secret-key', 'provider_key'), weight: 1 }];
  const google = formatted(lab, 'gemini', `${simulator.url}/v1beta`, { keys });
  model(lab, google.id, 'small', { providerModel: 'sim-small' });
  model(lab, google.id, 'thinker', { providerModel: 'sim-reasoner' });
  const llm = api(lab, 'models', { kind: 'llm', models: ['small', 'thinker'] });
  const key = apiKey();
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
  openai = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: key.secret, maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: world.url, apiKey: key.secret, maxRetries: 0 });
});
afterAll(async () => {
  await world.close();
  await simulator.close();
});

const QUESTION = 'What is the weather in Paris and in Oslo? Use the tool.';
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;
const tools: OpenAI.ChatCompletionTool[] = [
  { type: 'function', function: { name: 'get_weather', description: 'Weather of a city', parameters } },
];

interface Sent {
  readonly contents?: readonly { readonly parts: readonly { readonly thoughtSignature?: string }[] }[];
}

/** The signatures Google's model was sent in its last request. */
function signaturesSent(): string[] {
  const { contents = [] } = (simulator.requests()[0]?.body ?? {}) as Sent;
  return contents.flatMap(({ parts }) => parts.flatMap((part) => part.thoughtSignature ?? []));
}

describe.each(['small', 'thinker'])('OpenAI’s SDK with %s', (name) => {
  it.each([false, true])('runs an agent to its end (streamed: %s)', async (stream) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: QUESTION }];
    const ask = { model: name, messages, tools };
    const first = stream
      ? await openai.chat.completions.stream({ ...ask, stream_options: { include_usage: true } }).finalChatCompletion()
      : await openai.chat.completions.create(ask);
    const [choice] = first.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(first.usage?.completion_tokens).toBeGreaterThan(0);
    const calls = choice?.message.tool_calls ?? [];
    expect(calls.length).toBeGreaterThan(0);
    messages.push(choice?.message as OpenAI.ChatCompletionAssistantMessageParam);
    for (const call of calls) messages.push({ role: 'tool', tool_call_id: call.id, content: '21 degrees' });
    const second = await openai.chat.completions.create(ask);
    expect(second.choices[0]?.finish_reason).toBe('stop');
    expect(second.choices[0]?.message.content).not.toBe('');
    // One, as it was given: the simulator would have refused another.
    expect(signaturesSent()).toHaveLength(name === 'thinker' ? 1 : 0);
    expect(signaturesSent()).not.toContain(NO_SIGNATURE);
  });
});

describe.each(['small', 'thinker'])('Anthropic’s SDK with %s', (name) => {
  it.each([false, true])('runs an agent to its end (streamed: %s)', async (stream) => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: QUESTION }];
    const weather: Anthropic.Tool = {
      name: 'get_weather',
      description: 'Weather of a city',
      input_schema: { ...parameters, required: ['city'] },
    };
    const ask = { model: name, max_tokens: 4000, messages, tools: [weather] };
    const first = stream ? await anthropic.messages.stream(ask).finalMessage() : await anthropic.messages.create(ask);
    expect(first.stop_reason).toBe('tool_use');
    messages.push({ role: 'assistant', content: first.content });
    const calls = first.content.filter((block) => block.type === 'tool_use');
    messages.push({
      role: 'user',
      content: calls.map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: '21 degrees' })),
    });
    const second = await anthropic.messages.create(ask);
    expect(second.stop_reason).toBe('end_turn');
    // One, as it was given: the simulator would have refused another.
    expect(signaturesSent()).toHaveLength(name === 'thinker' ? 1 : 0);
    expect(signaturesSent()).not.toContain(NO_SIGNATURE);
  });
});

describe.each(['small', 'thinker'])('OpenAI’s SDK, by its Responses API, with %s', (name) => {
  it.each([false, true])('runs an agent to its end (streamed: %s)', async (stream) => {
    const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: QUESTION }];
    const weather: OpenAI.Responses.FunctionTool = {
      type: 'function',
      name: 'get_weather',
      description: 'Weather of a city',
      parameters: { ...parameters, required: ['city'] },
      strict: false,
    };
    const ask = {
      model: name,
      input,
      tools: [weather],
      store: false,
      include: ['reasoning.encrypted_content' as const],
    };
    const first = stream ? await openai.responses.stream(ask).finalResponse() : await openai.responses.create(ask);
    const calls = first.output.flatMap((item) => (item.type === 'function_call' ? [item.call_id] : []));
    expect(calls.length).toBeGreaterThan(0);
    input.push(...(first.output as OpenAI.Responses.ResponseInputItem[]));
    for (const call_id of calls) input.push({ type: 'function_call_output', call_id, output: '21 degrees' });
    const second = await openai.responses.create(ask);
    expect(second.output_text).not.toBe('');
    expect(signaturesSent()).toHaveLength(name === 'thinker' ? 1 : 0);
  });
});

describe('what Google’s protocol cannot be told', () => {
  it('is refused where the answer would be another one, by the client’s own name for it', async () => {
    // No address that may be fetched from.
    const image_url = { url: 'https://127.0.0.1/a.png' };
    const asking = openai.chat.completions.create({
      model: 'small',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url }] }],
    });
    await expect(asking).rejects.toMatchObject({ status: 400, param: 'messages[0].content[0].image_url.url' });
  });

  it('is named in a header where it is only dropped', async () => {
    const { response } = await openai.chat.completions
      .create({ model: 'small', messages: [{ role: 'user', content: 'Hi' }], logit_bias: { 1: 1 }, user: 'u' })
      .withResponse();
    expect(response.headers.get('x-parley-dropped')).toBe('user, logit_bias');
  });
});

describe('the provider’s own troubles', () => {
  it('are told in the client’s protocol, and never as the caller’s key', async () => {
    const ask = (fault: string) =>
      openai.chat.completions.create({
        model: 'small',
        messages: [{ role: 'user', content: `[[simulate: ${fault}]] Hi` }],
      });
    await expect(ask('401')).rejects.toMatchObject({ status: 502 });
    await expect(ask('429')).rejects.toMatchObject({ status: 503 });
    await expect(ask('error-in-200')).rejects.toMatchObject({ code: expect.stringMatching(/^upstream_/) });
  });

  it.each(['cut after=3', 'truncate after=3', 'malformed after=2', 'error-in-stream after=2'])(
    'end a stream with an error: %s',
    async (fault) => {
      const content = `[[simulate: ${fault}]] Explain tides at length`;
      const reading = openai.chat.completions
        .stream({ model: 'small', messages: [{ role: 'user', content }] })
        .finalChatCompletion();
      await expect(reading).rejects.toThrow();
    },
  );

  it.each(['split-bytes bytes=3', 'comments'])('that are none are not felt: %s', async (fault) => {
    const content = `[[simulate: ${fault}]] Explain tides`;
    const completion = await openai.chat.completions
      .stream({ model: 'small', messages: [{ role: 'user', content }] })
      .finalChatCompletion();
    expect(completion.choices[0]?.finish_reason).toBe('stop');
  });
});
