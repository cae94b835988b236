import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
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

const weather = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    description: 'Weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const clock = {
  type: 'function' as const,
  function: { name: 'current_time', description: 'The time now', parameters: { type: 'object', properties: {} } },
};

const request = { ...ask('What is the weather in Paris and Tokyo?'), tools: [weather, clock] };

test('calls a fitting tool once for each place, in parallel', async () => {
  const { choices } = await client.chat.completions.create(request);
  expect(choices[0]?.finish_reason).toBe('tool_calls');
  expect(choices[0]?.message.content).toBeNull();
  const calls = choices[0]?.message.tool_calls ?? [];
  expect(calls.map((call) => call.type === 'function' && JSON.parse(call.function.arguments))).toEqual([
    { city: 'Paris' },
    { city: 'Tokyo' },
  ]);
  expect(new Set(calls.map((call) => call.id)).size).toBe(2);
});

test('streams arguments in fragments that add up to the same calls', async () => {
  const whole = await client.chat.completions.create(request);
  const stream = client.chat.completions.stream(request);
  const final = await stream.finalChatCompletion();
  expect(final.choices[0]?.message.tool_calls).toMatchObject(whole.choices[0]?.message.tool_calls ?? []);
  const raw = await collect(await client.chat.completions.create({ ...request, stream: true }));
  const deltas = raw.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
  expect(deltas.length).toBeGreaterThan(4);
  expect(deltas.filter((delta) => delta.id).map((delta) => delta.index)).toEqual([0, 1]);
});

test('answers from the results of the tools', async () => {
  const first = await client.chat.completions.create(request);
  const calls = first.choices[0]?.message.tool_calls ?? [];
  const second = await client.chat.completions.create({
    ...request,
    messages: [
      ...request.messages,
      { role: 'assistant', content: null, tool_calls: calls },
      ...calls.map((call, at) => ({ role: 'tool' as const, tool_call_id: call.id, content: `${20 + at} degrees` })),
    ],
  });
  expect(second.choices[0]?.finish_reason).toBe('stop');
  expect(second.choices[0]?.message.content).toContain('20 degrees; 21 degrees');
});

test("the SDK's own tool loop runs to its end", async () => {
  const asked: string[] = [];
  const runner = client.chat.completions.runTools({
    ...ask('What is the weather in Oslo?'),
    tools: [
      {
        type: 'function',
        function: {
          ...weather.function,
          parse: JSON.parse,
          function: ({ city }: { city: string }) => {
            asked.push(city);
            return `${city}: 4 degrees`;
          },
        },
      },
    ],
  });
  expect(await runner.finalContent()).toContain('Oslo: 4 degrees');
  expect(asked).toEqual(['Oslo']);
});

test.each([
  ['none', 'What is the weather in Rome?', 0],
  ['auto', 'Tell me a joke', 0],
  ['required', 'Tell me a joke', 1],
  [{ type: 'function' as const, function: { name: 'current_time' } }, 'Tell me a joke', 1],
] as const)('tool_choice %j with “%s” makes %i calls', async (choice, question, count) => {
  const { choices } = await client.chat.completions.create({
    ...ask(question),
    tools: [weather, clock],
    tool_choice: choice,
  });
  expect(choices[0]?.message.tool_calls ?? []).toHaveLength(count);
});

test('parallel_tool_calls: false makes one call', async () => {
  const { choices } = await client.chat.completions.create({ ...request, parallel_tool_calls: false });
  expect(choices[0]?.message.tool_calls).toHaveLength(1);
});
