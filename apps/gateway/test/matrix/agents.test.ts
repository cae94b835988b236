import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS, type FormatLab, openFormatLab } from '../format-lab.ts';
import { WEATHER } from './features.ts';

/** Agents as they are: many turns, streamed, tools at once, thoughts and cache marks sent back, with anybody's model. */
let lab: FormatLab;
let openai: OpenAI;
let anthropic: Anthropic;
const ROUNDS = 12;

beforeAll(async () => {
  lab = await openFormatLab();
  openai = new OpenAI({ baseURL: `${lab.world.url}/v1`, apiKey: lab.key, maxRetries: 0 });
  anthropic = new Anthropic({ baseURL: lab.world.url, apiKey: lab.key, maxRetries: 0 });
});
afterAll(() => lab.close());

const CITIES = [
  'Paris',
  'Oslo',
  'Rome',
  'Lima',
  'Quito',
  'Cairo',
  'Delhi',
  'Hanoi',
  'Seoul',
  'Tokyo',
  'Perth',
  'Accra',
];
const citiesOf = (round: number) => [CITIES[round % CITIES.length] ?? '', CITIES[(round + 1) % CITIES.length] ?? ''];
const question = (round: number) => `What is the weather in ${citiesOf(round).join(' and in ')}? Use the tool.`;
const wanted = (round: number) => citiesOf(round).map((city) => ({ city }));
const result = (round: number, at: number) => `${round * 10 + at} degrees`;
/** What the model must have learned in a round, and in no other. */
function expectLearned(text: string, round: number): void {
  expect(text.match(/\d+ degrees/g)).toEqual([result(round, 0), result(round, 1)]);
}

describe.each(FORMATS)('an agent with a thinking model of a provider that speaks %s', (format) => {
  const model = `${format}-thinking`;

  it('works through many turns of Anthropic’s protocol', async () => {
    const cache_control = { type: 'ephemeral' as const };
    const tools = [
      { name: WEATHER.name, description: WEATHER.description, input_schema: WEATHER.schema, cache_control },
    ];
    const system = [{ type: 'text' as const, text: 'You look after the weather. '.repeat(400), cache_control }];
    const ask = { model, max_tokens: 4000, system, tools, thinking: { type: 'enabled' as const, budget_tokens: 1024 } };
    const messages: Anthropic.MessageParam[] = [];
    let written = 0;
    let cached = 0;
    const say = async () => {
      const message = await anthropic.messages.stream({ ...ask, messages }).finalMessage();
      messages.push({ role: 'assistant', content: message.content });
      written += message.usage.cache_creation_input_tokens ?? 0;
      cached += message.usage.cache_read_input_tokens ?? 0;
      return message;
    };
    for (let round = 0; round < ROUNDS; round++) {
      messages.push({ role: 'user', content: [{ type: 'text', text: question(round), cache_control }] });
      // The mark moves on with the conversation, as agents move it: four at most are taken.
      const before = messages.at(-5)?.content;
      if (Array.isArray(before)) for (const block of before) if ('cache_control' in block) delete block.cache_control;
      const first = await say();
      expect(first.stop_reason).toBe('tool_use');
      const calls = first.content.filter((block) => block.type === 'tool_use');
      expect(calls.map(({ input }) => input)).toEqual(wanted(round));
      const content = calls.map(({ id }, at) => ({
        type: 'tool_result' as const,
        tool_use_id: id,
        content: result(round, at),
      }));
      messages.push({ role: 'user', content });
      const second = await say();
      expect(second.stop_reason).toBe('end_turn');
      expectLearned(second.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''), round);
    }
    expect(messages).toHaveLength(4 * ROUNDS);
    if (format === 'anthropic' || format === 'bedrock') expect(Math.min(written, cached)).toBeGreaterThan(1000);
  });

  it('works through many turns of the Responses API', async () => {
    const tools: OpenAI.Responses.Tool[] = [
      {
        type: 'function',
        name: WEATHER.name,
        description: WEATHER.description,
        parameters: WEATHER.schema,
        strict: false,
      },
    ];
    const input: OpenAI.Responses.ResponseInput = [];
    const include = ['reasoning.encrypted_content' as const];
    const say = async () => {
      const body = {
        model,
        input,
        tools,
        include,
        store: false,
        reasoning: { effort: 'low' as const },
        stream: true as const,
      };
      let last: OpenAI.Responses.Response | undefined;
      for await (const event of await openai.responses.create(body)) {
        if (event.type === 'response.completed') last = event.response;
      }
      if (last === undefined) throw new Error('the response was not completed');
      input.push(...(last.output as OpenAI.Responses.ResponseInput));
      return last;
    };
    const textOf = ({ output }: OpenAI.Responses.Response) =>
      output
        .flatMap((item) => (item.type === 'message' ? item.content : []))
        .map((part) => ('text' in part ? part.text : ''));
    for (let round = 0; round < ROUNDS; round++) {
      input.push({ role: 'user', content: question(round) });
      const calls = (await say()).output.filter((item) => item.type === 'function_call');
      expect(calls.map((call) => JSON.parse(call.arguments))).toEqual(wanted(round));
      for (const [at, { call_id }] of calls.entries()) {
        input.push({ type: 'function_call_output', call_id, output: result(round, at) });
      }
      expectLearned(textOf(await say()).join(''), round);
    }
  });

  it('works through many turns of chat completions', async () => {
    const tools: OpenAI.ChatCompletionTool[] = [
      {
        type: 'function',
        function: { name: WEATHER.name, description: WEATHER.description, parameters: WEATHER.schema },
      },
    ];
    const messages: OpenAI.ChatCompletionMessageParam[] = [];
    const say = async () => {
      const body = { model, messages, tools, reasoning_effort: 'low' as const };
      const [choice] = (await openai.chat.completions.stream(body).finalChatCompletion()).choices;
      if (choice === undefined) throw new Error('no choice');
      messages.push(choice.message);
      return choice;
    };
    for (let round = 0; round < ROUNDS; round++) {
      messages.push({ role: 'user', content: question(round) });
      const calls = (await say()).message.tool_calls ?? [];
      expect(calls.map((call) => (call.type === 'function' ? JSON.parse(call.function.arguments) : null))).toEqual(
        wanted(round),
      );
      for (const [at, { id }] of calls.entries()) {
        messages.push({ role: 'tool', tool_call_id: id, content: result(round, at) });
      }
      expectLearned((await say()).message.content ?? '', round);
    }
  });
});
