import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
beforeEach(() => simulator.clear());

const weather = {
  type: 'function' as const,
  name: 'get_weather',
  description: 'Weather of a city',
  strict: true,
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
};
const asked = { model: 'sim-small', input: 'What is the weather in Paris and Tokyo?', tools: [weather] };
const reasoner = { model: 'sim-reasoner', include: ['reasoning.encrypted_content' as const] };

describe('text', () => {
  test('is the same as in chat completions, with settings echoed and usage counted', async () => {
    const { data, response } = await client.responses
      .create({ model: 'sim-small', input: 'Explain tides', metadata: { team: 'blue' } })
      .withResponse();
    expect(response.headers.get('x-parley-simulator')).toBe('1');
    const chat = await client.chat.completions.create({
      model: 'sim-small',
      messages: [{ role: 'user', content: 'Explain tides' }],
    });
    expect(data.output_text).toBe(chat.choices[0]?.message.content);
    expect(data).toMatchObject({
      object: 'response',
      status: 'completed',
      error: null,
      store: true,
      tool_choice: 'auto',
      metadata: { team: 'blue' },
      text: { format: { type: 'text' } },
    });
    expect(data.usage).toMatchObject({
      input_tokens: chat.usage?.prompt_tokens,
      output_tokens: countTokens(data.output_text),
      total_tokens: chat.usage?.total_tokens,
    });
  });

  test('streams in order, numbered from 0, to the same response', async () => {
    const body = { model: 'sim-small', input: 'Explain tides', store: false };
    const whole = await client.responses.create(body);
    const events = await collect(await client.responses.create({ ...body, stream: true }));
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, at) => at));
    const order = events.map((event) => event.type).filter((type, at, all) => type !== all[at - 1]);
    expect(order).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const final = await client.responses.stream(body).finalResponse();
    expect(final.output_text).toBe(whole.output_text);
    expect(final.id).toBe(whole.id);
    expect(final.usage).toEqual(whole.usage);
  });

  test('hides the length of deltas unless told not to', async () => {
    const body = { model: 'sim-small', input: 'Hello!', stream: true as const };
    const deltas = async (rest: object) =>
      (await collect(await client.responses.create({ ...body, ...rest }))).filter(({ type }) =>
        type.endsWith('.delta'),
      );
    expect((await deltas({})).every((event) => 'obfuscation' in event)).toBe(true);
    const plain = await deltas({ stream_options: { include_obfuscation: false } });
    expect(plain.some((event) => 'obfuscation' in event)).toBe(false);
  });

  test('max_output_tokens leaves it incomplete, in a stream too', async () => {
    const body = { model: 'sim-small', input: 'Explain tides', max_output_tokens: 16 };
    const whole = await client.responses.create(body);
    expect(whole).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    expect(whole.usage?.output_tokens).toBe(16);
    const events = await collect(await client.responses.create({ ...body, stream: true }));
    expect(events.at(-1)).toMatchObject({ type: 'response.incomplete', response: { status: 'incomplete' } });
  });

  test('logprobs come with the text, and its deltas, when included', async () => {
    const body = { model: 'sim-small', input: 'Hello!', top_logprobs: 2, store: false };
    const include = ['message.output_text.logprobs' as const];
    const { output, output_text } = await client.responses.create({ ...body, include });
    const [part] = (output[0] as OpenAI.Responses.ResponseOutputMessage).content;
    const logprobs = (part as OpenAI.Responses.ResponseOutputText).logprobs ?? [];
    expect(logprobs.map(({ token }) => token).join('')).toBe(output_text);
    expect(logprobs.every(({ top_logprobs: top }) => top.length === 2)).toBe(true);
    const events = await collect(await client.responses.create({ ...body, include, stream: true }));
    const told = events.flatMap((event) => (event.type === 'response.output_text.delta' ? event.logprobs : []));
    expect(told).toEqual(logprobs);
    const plain = await client.responses.create(body);
    expect((plain.output[0] as OpenAI.Responses.ResponseOutputMessage).content[0]).toMatchObject({ logprobs: [] });
  });

  test('json_schema gives an instance of the schema', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
      required: ['city', 'degrees'],
      additionalProperties: false,
    };
    const { output_text } = await client.responses.create({
      model: 'sim-small',
      input: 'Weather in Oslo: 4 degrees',
      text: { format: { type: 'json_schema', name: 'weather', schema, strict: true } },
    });
    expect(JSON.parse(output_text)).toEqual({ city: 'Oslo', degrees: 4 });
  });
});

describe('tools', () => {
  test('parallel calls, whose call_id is not their id, answered by call_id', async () => {
    const first = await client.responses.create(asked);
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map((call) => JSON.parse(call.arguments))).toEqual([{ city: 'Paris' }, { city: 'Tokyo' }]);
    for (const call of calls) {
      expect(call.id).toMatch(/^fc_/);
      expect(call.call_id).toMatch(/^call_/);
    }
    const results = calls.map((call, at) => ({
      type: 'function_call_output' as const,
      call_id: call.call_id,
      output: `${20 + at} degrees`,
    }));
    const second = await client.responses.create({ ...asked, input: results, previous_response_id: first.id });
    expect(second.output_text).toContain('20 degrees; 21 degrees');
    const stateless = await client.responses.create({
      ...asked,
      store: false,
      input: [{ role: 'user', content: asked.input }, ...calls, ...results],
    });
    expect(stateless.output_text).toBe(second.output_text);
  });

  test('arguments stream in fragments that add up', async () => {
    const whole = await client.responses.create(asked);
    const events = await collect(await client.responses.create({ ...asked, stream: true }));
    const text = events
      .filter((event) => event.type === 'response.function_call_arguments.delta' && event.output_index === 1)
      .map((event) => (event as { delta: string }).delta)
      .join('');
    expect(text).toBe((whole.output[1] as { arguments: string }).arguments);
    const final = await client.responses.stream(asked).finalResponse();
    expect(final.output.map((item) => item.type)).toEqual(['function_call', 'function_call']);
  });

  test('a custom tool takes free text', async () => {
    const tools = [{ type: 'custom' as const, name: 'run_shell', description: 'Runs a shell command' }];
    const body = { model: 'sim-small', input: 'Run a command in the shell', tools, store: false };
    const [call] = (await client.responses.create(body)).output;
    expect(call).toMatchObject({ type: 'custom_tool_call', name: 'run_shell', input: expect.any(String) });
    const { id, call_id } = call as OpenAI.Responses.ResponseCustomToolCall;
    expect([id?.slice(0, 4), call_id.slice(0, 5)]).toEqual(['ctc_', 'call_']);
    const stream = await collect(await client.responses.create({ ...body, stream: true }));
    const deltas = stream.filter((event) => event.type === 'response.custom_tool_call_input.delta');
    expect(deltas.map(({ delta }) => delta).join('')).toBe((call as OpenAI.Responses.ResponseCustomToolCall).input);
    const result = { type: 'custom_tool_call_output' as const, call_id, output: 'done' };
    const input = [{ role: 'user' as const, content: body.input }, call as OpenAI.Responses.ResponseInputItem, result];
    expect((await client.responses.create({ ...body, input })).output_text).toContain('done');
  });

  test.each([
    ['none', 0],
    ['required', 1],
    [{ type: 'function' as const, name: 'get_weather' }, 1],
  ] as const)('tool_choice %j', async (choice, count) => {
    const { output } = await client.responses.create({ ...asked, input: 'Tell me a joke', tool_choice: choice });
    expect(output.filter((item) => item.type === 'function_call')).toHaveLength(count);
  });
});

describe('reasoning', () => {
  test('comes first, with a summary when asked for, and is counted', async () => {
    const body = { model: 'sim-reasoner', input: 'Explain tides', reasoning: { summary: 'auto' as const } };
    const { output, usage, output_text } = await client.responses.create(body);
    expect(output.map((item) => item.type)).toEqual(['reasoning', 'message']);
    expect(output[0]).toMatchObject({ summary: [{ type: 'summary_text' }] });
    expect(output[0]).not.toHaveProperty('encrypted_content');
    expect(usage?.output_tokens_details.reasoning_tokens).toBe(192);
    expect(usage?.output_tokens).toBe(192 + countTokens(output_text));
    const types = (await collect(await client.responses.create({ ...body, stream: true }))).map(({ type }) => type);
    expect(types.slice(2, 5)).toEqual([
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
    ]);
    expect(types).toContain('response.reasoning_summary_part.done');
  });

  test('encrypted content is good for the account that was given it, and only unchanged', async () => {
    const first = await client.responses.create({ ...asked, ...reasoner, store: false });
    const results = first.output
      .filter((item) => item.type === 'function_call')
      .map((call) => ({ type: 'function_call_output' as const, call_id: call.call_id, output: 'warm' }));
    const next = (output: typeof first.output) => ({
      ...asked,
      ...reasoner,
      store: false,
      input: [{ role: 'user' as const, content: asked.input }, ...output, ...results] as OpenAI.Responses.ResponseInput,
    });
    expect((await client.responses.create(next(first.output))).output_text).toContain('warm; warm');
    const other = client.withOptions({ apiKey: 'sim-other' });
    const code = 'invalid_encrypted_content';
    await expect(other.responses.create(next(first.output))).rejects.toMatchObject({ status: 400, code });
    const [reasoning, ...rest] = first.output as [OpenAI.Responses.ResponseReasoningItem, ...typeof first.output];
    const changed = { ...reasoning, encrypted_content: `${reasoning.encrypted_content?.slice(0, -3)}AAA` };
    await expect(client.responses.create(next([changed, ...rest]))).rejects.toMatchObject({ status: 400, code });
    const { encrypted_content: _, ...bare } = reasoning;
    await expect(client.responses.create(next([bare, ...rest]))).rejects.toThrow(/Items are not persisted/);
  });

  test('stored calls come back with the reasoning that led to them', async () => {
    const { output } = await client.responses.create({ ...asked, ...reasoner });
    const [reasoning, ...calls] = output as [OpenAI.Responses.ResponseReasoningItem, ...typeof output];
    const results = calls.map((call) => ({
      type: 'function_call_output' as const,
      call_id: (call as OpenAI.Responses.ResponseFunctionToolCall).call_id,
      output: 'warm',
    }));
    const send = (items: object[]) =>
      client.responses.create({ ...asked, input: items as OpenAI.Responses.ResponseInput });
    await expect(send([...calls, ...results])).rejects.toThrow(/without its required 'reasoning' item/);
    await expect(send([reasoning, { role: 'user', content: 'Hi' }])).rejects.toThrow(/required following item/);
    const references = output.map(({ id }) => ({ type: 'item_reference', id }));
    expect((await send([...references, ...results])).status).toBe('completed');
  });
});
