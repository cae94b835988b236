import OpenAI from 'openai';
import { expect } from 'vitest';
import * as ask from '../features.ts';

type Body = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'model' | 'messages'>;
type Message = OpenAI.ChatCompletionMessageParam;

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: 'function',
    function: { name: ask.WEATHER.name, description: ask.WEATHER.description, parameters: ask.WEATHER.schema },
  },
];
const named = { type: 'function', function: { name: ask.WEATHER.name } } as const;
const user = (content: OpenAI.ChatCompletionUserMessageParam['content']): Message[] => [{ role: 'user', content }];

function argumentsOf({ choices }: OpenAI.ChatCompletion): unknown[] {
  const calls = choices[0]?.message.tool_calls ?? [];
  return calls.map((call): unknown => (call.type === 'function' ? JSON.parse(call.function.arguments) : null));
}

/** OpenAI's SDK, `chat.completions`. */
export function openaiChat({ url, key }: ask.Access): ask.Client {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const { completions } = client.chat;
  const say = (model: string, messages: Message[] | string, body: Body = {}) =>
    completions.create({ model, messages: typeof messages === 'string' ? user(messages) : messages, ...body });
  const streamed = (model: string, messages: Message[], body: Body = {}) =>
    completions.stream({ model, messages, ...body, stream: true }).finalChatCompletion();
  const textOf = ({ choices }: OpenAI.ChatCompletion) => choices[0]?.message.content ?? '';

  async function sendBack(model: string, body: Body): Promise<void> {
    const first = await say(model, ask.TWO_CITIES, { tools, ...body });
    const message = first.choices[0]?.message;
    if (message === undefined) throw new Error('the answer has no choice');
    const results = (message.tool_calls ?? []).map(({ id }) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: '21 degrees',
    }));
    const second = await streamed(model, [...user(ask.TWO_CITIES), message, ...results], { tools, ...body });
    expect(textOf(second).match(/21 degrees/g)).toHaveLength(2);
  }
  const fault =
    (text: string, status: number) =>
    async ({ model }: ask.Cell) =>
      expect(say(model, `[[simulate: ${text}]] Hi`)).rejects.toMatchObject({ status });

  return {
    name: '`openai` chat.completions',
    tries: {
      async text({ model }) {
        const { choices } = await say(model, 'Explain tides');
        expect([choices[0]?.finish_reason, choices[0]?.message.content]).toEqual(['stop', expect.stringMatching(/./)]);
      },
      async stream({ model }) {
        expect(textOf(await streamed(model, user('Explain tides')))).toBe(textOf(await say(model, 'Explain tides')));
      },
      async system({ model, sent }) {
        await say(model, [{ role: 'system', content: 'Speak as a pirate.' }, ...user('Hello!')]);
        expect(sent()).toContain('Speak as a pirate.');
      },
      async turns({ model }) {
        const before = [...user('My name is Ada.'), { role: 'assistant' as const, content: 'Welcome.' }];
        expect(textOf(await say(model, [...before, ...user('What is my name?')]))).toContain('Your name is Ada');
      },
      async tool({ model }) {
        expect(argumentsOf(await say(model, ask.ONE_CITY, { tools }))).toEqual([{ city: 'Paris' }]);
      },
      async parallelTools({ model }) {
        expect(argumentsOf(await say(model, ask.TWO_CITIES, { tools }))).toEqual(ask.CITIES);
      },
      async streamedTools({ model }) {
        expect(argumentsOf(await streamed(model, user(ask.TWO_CITIES), { tools }))).toEqual(ask.CITIES);
      },
      toolResults: ({ model }) => sendBack(model, {}),
      async anyTool({ model }) {
        expect(argumentsOf(await say(model, 'Hello!', { tools, tool_choice: 'required' }))).toHaveLength(1);
      },
      async noTool({ model }) {
        expect(argumentsOf(await say(model, ask.ONE_CITY, { tools, tool_choice: 'none' }))).toEqual([]);
      },
      async namedTool({ model }) {
        expect(argumentsOf(await say(model, 'Hello Paris!', { tools, tool_choice: named }))).toHaveLength(1);
      },
      async schema({ model }) {
        const json_schema = { name: 'report', strict: true, schema: ask.REPORT };
        const answer = await say(model, 'How is Paris?', { response_format: { type: 'json_schema', json_schema } });
        expect(Object.keys(JSON.parse(textOf(answer)) as object).sort()).toEqual(['city', 'mood']);
      },
      async image({ model }) {
        const part = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${ask.PNG}` } };
        const answer = await say(model, user([{ type: 'text', text: 'What is this?' }, part]));
        expect(textOf(answer)).toContain('I was shown 1 image');
      },
      async document({ model }) {
        const file = { filename: 'a.pdf', file_data: `data:application/pdf;base64,${ask.PDF}` };
        const answer = await say(
          model,
          user([
            { type: 'text', text: 'What is this?' },
            { type: 'file', file },
          ]),
        );
        expect(textOf(answer)).toContain('I was shown 1');
      },
      async reasoning({ thinker, dropped }) {
        const { usage } = await say(thinker, 'Explain tides', { reasoning_effort: 'low' });
        if (dropped().length === 0) expect(usage?.completion_tokens).toBeGreaterThan(50);
      },
      reasoningTools: ({ thinker }) => sendBack(thinker, { reasoning_effort: 'low' }),
      async stop({ model }) {
        const { choices } = await say(model, ask.STOPPED, { stop: ['STOP'] });
        expect([choices[0]?.finish_reason, choices[0]?.message.content]).toEqual([
          'stop',
          expect.stringMatching(/two ?$/),
        ]);
      },
      async length({ model }) {
        const { choices } = await say(model, ask.LONG, { max_completion_tokens: 16 });
        expect(choices[0]?.finish_reason).toBe('length');
      },
      async hot({ model, sent, dropped }) {
        await say(model, 'Hello!', { temperature: 1.5 });
        expect(sent().includes('1.5')).toBe(dropped().length === 0);
      },
      async usage({ model }) {
        const { usage } = await say(model, 'Explain tides');
        expect(usage?.completion_tokens).toBeGreaterThan(5);
        expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
      },
      async cached({ model }) {
        const { usage } = await say(model, '[[simulate: cached-tokens count=4]] Explain tides');
        expect(usage?.prompt_tokens_details?.cached_tokens).toBe(4);
        expect(usage?.prompt_tokens).toBeGreaterThan(4);
      },
      async choices({ model }) {
        expect((await say(model, 'Explain tides', { n: 2 })).choices).toHaveLength(2);
      },
      async logprobs({ model }) {
        const { choices } = await say(model, 'Explain tides', { logprobs: true });
        expect(choices[0]?.logprobs?.content?.length).toBeGreaterThan(3);
      },
      async cut({ model }) {
        await expect(streamed(model, user(`${ask.LONG} [[simulate: truncate after=12]]`))).rejects.toMatchObject({
          code: 'upstream_cut',
        });
      },
      badRequest: async ({ model }) =>
        expect(say(model, [{ role: 'nobody' as 'user', content: 'x' }])).rejects.toMatchObject({ status: 400 }),
      async stranger({ model }) {
        const asking = client.withOptions({ apiKey: 'wrong' }).chat.completions;
        await expect(asking.create({ model, messages: user('x') })).rejects.toMatchObject({ status: 401 });
      },
      providerKey: fault('401', 502),
      limited: fault('429', 503),
      broken: fault('500', 502),
    },
  };
}
