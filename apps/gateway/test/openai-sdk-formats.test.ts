import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, type FormatLab, openFormatLab } from './format-lab.ts';

/** OpenAI's unmodified SDK, against models of every provider format. */
let lab: FormatLab;
let client: OpenAI;

beforeAll(async () => {
  lab = await openFormatLab();
  client = new OpenAI({ baseURL: `${lab.world.url}/v1`, apiKey: lab.key, maxRetries: 0 });
});
afterAll(() => lab.close());

const ask = (content: string) => [{ role: 'user' as const, content }];
const weather: OpenAI.ChatCompletionFunctionTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

/** What gateways add to OpenAI's deltas for models that show their thoughts. */
interface Thoughts {
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly unknown[];
}

describe.each(FORMATS)('a model of a provider that speaks %s', (model) => {
  it('answers whole and streamed with the same words and the same usage', async () => {
    const messages = ask('Explain tides');
    const whole = await client.chat.completions.create({ model, messages });
    const stream = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    expect(whole.choices[0]?.message.content).toBeTruthy();
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect([whole.model, whole.choices[0]?.finish_reason, streamed.choices[0]?.finish_reason]).toEqual([
      model,
      'stop',
      'stop',
    ]);
    expect(streamed.usage).toEqual(whole.usage);
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it('runs an agent: parallel tools, streamed, their results sent back', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = ask(
      'What is the weather in Paris and in Oslo? Use the tool.',
    );
    const first = await client.chat.completions.stream({ model, messages, tools: [weather] }).finalChatCompletion();
    const { message, finish_reason } = first.choices[0]!;
    expect(finish_reason).toBe('tool_calls');
    const calls = message.tool_calls ?? [];
    expect(
      calls.map((call) => JSON.parse((call as OpenAI.ChatCompletionMessageFunctionToolCall).function.arguments)),
    ).toEqual([{ city: 'Paris' }, { city: 'Oslo' }]);
    messages.push(
      message,
      ...calls.map(({ id }) => ({ role: 'tool' as const, tool_call_id: id, content: `21 degrees for ${id}` })),
    );
    const second = await client.chat.completions.create({ model, messages, tools: [weather] });
    expect(second.choices[0]?.finish_reason).toBe('stop');
    expect(second.choices[0]?.message.content).toContain('21 degrees');
  });

  it('goes on with a model’s thoughts that a client gathered from a stream', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = ask('What is the weather in Paris? Use the tool.');
    const request = { model: `${model}-thinking`, reasoning_effort: 'low' as const, tools: [weather] };
    const { message } = (await client.chat.completions.stream({ ...request, messages }).finalChatCompletion())
      .choices[0]!;
    let reasoning = '';
    const details: unknown[] = [];
    for await (const { choices } of await client.chat.completions.create({ ...request, messages, stream: true })) {
      const delta = choices[0]?.delta as Thoughts | undefined;
      reasoning += delta?.reasoning_content ?? '';
      details.push(...(delta?.reasoning_details ?? []));
    }
    const thoughts = {
      reasoning_content: reasoning || undefined,
      reasoning_details: details.length > 0 ? details : undefined,
    };
    messages.push({ ...message, ...thoughts });
    for (const { id } of message.tool_calls ?? [])
      messages.push({ role: 'tool', tool_call_id: id, content: '21 degrees' });
    const second = await client.chat.completions.create({ ...request, messages });
    expect(second.choices[0]?.message.content).toContain('21 degrees');
  });

  it('answers in the form it is given', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, mood: { type: 'string', enum: ['good', 'bad'] } },
      required: ['city', 'mood'],
      additionalProperties: false,
    };
    const response_format = { type: 'json_schema' as const, json_schema: { name: 'report', strict: true, schema } };
    const messages = ask('How is Paris? It feels bad.');
    const whole = await client.chat.completions.create({ model, messages, response_format });
    const streamed = await client.chat.completions.stream({ model, messages, response_format }).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      expect(choices[0]?.finish_reason).toBe('stop');
      expect(Object.keys(JSON.parse(choices[0]?.message.content ?? '') as object).sort()).toEqual(['city', 'mood']);
    }
  });

  it('says that a stream was cut off, and never ends it as if it were whole', async () => {
    const stream = client.chat.completions.stream({
      model,
      messages: ask('List ten facts about rivers. [[simulate: truncate after=12]]'),
    });
    await expect(stream.finalChatCompletion()).rejects.toMatchObject({ code: 'upstream_cut' });
  });
});
