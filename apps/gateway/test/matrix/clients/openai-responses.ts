import OpenAI from 'openai';
import { expect } from 'vitest';
import * as ask from '../features.ts';

type Body = Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'model' | 'input'>;
type Input = OpenAI.Responses.ResponseInput;

const tools: OpenAI.Responses.Tool[] = [
  {
    type: 'function',
    name: ask.WEATHER.name,
    description: ask.WEATHER.description,
    parameters: ask.WEATHER.schema,
    strict: false,
  },
];

const callsOf = ({ output }: OpenAI.Responses.Response) => output.filter((item) => item.type === 'function_call');
const argumentsOf = (response: OpenAI.Responses.Response): unknown[] =>
  callsOf(response).map((call): unknown => JSON.parse(call.arguments));

/** OpenAI's SDK, `responses`. */
export function openaiResponses({ url, key }: ask.Access): ask.Client {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const say = (model: string, input: Input | string, body: Body = {}) =>
    client.responses.create({ model, input, ...body });
  const streamed = (model: string, input: Input | string, body: Body = {}) =>
    client.responses.stream({ model, input, ...body, stream: true }).finalResponse();

  async function sendBack(model: string, body: Body): Promise<void> {
    const question = { role: 'user' as const, content: ask.TWO_CITIES };
    const first = await say(model, [question], { tools, ...body });
    const results = callsOf(first).map(({ call_id }) => ({
      type: 'function_call_output' as const,
      call_id,
      output: '21 degrees',
    }));
    const input = [question, ...(first.output as Input), ...results];
    expect((await streamed(model, input, { tools, ...body })).output_text.match(/21 degrees/g)).toHaveLength(2);
  }
  const fault =
    (text: string, status: number) =>
    async ({ model }: ask.Cell) =>
      expect(say(model, `[[simulate: ${text}]] Hi`)).rejects.toMatchObject({ status });

  return {
    name: '`openai` responses',
    tries: {
      async text({ model }) {
        const { status, output_text } = await say(model, 'Explain tides');
        expect([status, output_text]).toEqual(['completed', expect.stringMatching(/./)]);
      },
      async stream({ model }) {
        const whole = await say(model, 'Explain tides');
        expect((await streamed(model, 'Explain tides')).output_text).toBe(whole.output_text);
      },
      async system({ model, sent }) {
        await say(model, 'Hello!', { instructions: 'Speak as a pirate.' });
        expect(sent()).toContain('Speak as a pirate.');
      },
      async turns({ model }) {
        const { output_text } = await say(model, [
          { role: 'user', content: 'My name is Ada.' },
          { role: 'assistant', content: 'Welcome.' },
          { role: 'user', content: 'What is my name?' },
        ]);
        expect(output_text).toContain('Your name is Ada');
      },
      async tool({ model }) {
        expect(argumentsOf(await say(model, ask.ONE_CITY, { tools }))).toEqual([{ city: 'Paris' }]);
      },
      async parallelTools({ model }) {
        expect(argumentsOf(await say(model, ask.TWO_CITIES, { tools }))).toEqual(ask.CITIES);
      },
      async streamedTools({ model }) {
        expect(argumentsOf(await streamed(model, ask.TWO_CITIES, { tools }))).toEqual(ask.CITIES);
      },
      toolResults: ({ model }) => sendBack(model, {}),
      async anyTool({ model }) {
        expect(argumentsOf(await say(model, 'Hello!', { tools, tool_choice: 'required' }))).toHaveLength(1);
      },
      async noTool({ model }) {
        expect(argumentsOf(await say(model, ask.ONE_CITY, { tools, tool_choice: 'none' }))).toEqual([]);
      },
      async namedTool({ model }) {
        const tool_choice = { type: 'function' as const, name: ask.WEATHER.name };
        expect(argumentsOf(await say(model, 'Hello Paris!', { tools, tool_choice }))).toHaveLength(1);
      },
      async schema({ model }) {
        const format = { type: 'json_schema' as const, name: 'report', strict: true, schema: ask.REPORT };
        const { output_text } = await say(model, 'How is Paris?', { text: { format } });
        expect(Object.keys(JSON.parse(output_text) as object).sort()).toEqual(['city', 'mood']);
      },
      async image({ model }) {
        const content = [
          { type: 'input_text' as const, text: 'What is this?' },
          { type: 'input_image' as const, detail: 'auto' as const, image_url: `data:image/png;base64,${ask.PNG}` },
        ];
        expect((await say(model, [{ role: 'user', content }])).output_text).toContain('I was shown 1 image');
      },
      async document({ model }) {
        const file_data = `data:application/pdf;base64,${ask.PDF}`;
        const content = [
          { type: 'input_text' as const, text: 'What is this?' },
          { type: 'input_file' as const, filename: 'a.pdf', file_data },
        ];
        expect((await say(model, [{ role: 'user', content }])).output_text).toContain('I was shown 1');
      },
      async reasoning({ thinker, dropped }) {
        const { usage } = await say(thinker, 'Explain tides', { reasoning: { effort: 'low', summary: 'auto' } });
        if (dropped().length === 0) expect(usage?.output_tokens).toBeGreaterThan(50);
      },
      reasoningTools: ({ thinker }) =>
        sendBack(thinker, { reasoning: { effort: 'low' }, store: false, include: ['reasoning.encrypted_content'] }),
      async length({ model }) {
        const { status, incomplete_details } = await say(model, ask.LONG, { max_output_tokens: 16 });
        expect([status, incomplete_details?.reason]).toEqual(['incomplete', 'max_output_tokens']);
      },
      async hot({ model, sent, dropped }) {
        await say(model, 'Hello!', { temperature: 1.5 });
        expect(sent().includes('1.5')).toBe(dropped().length === 0);
      },
      async usage({ model }) {
        const { usage } = await say(model, 'Explain tides');
        expect(usage?.output_tokens).toBeGreaterThan(5);
        expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
      },
      async cached({ model }) {
        const { usage } = await say(model, '[[simulate: cached-tokens count=4]] Explain tides');
        expect(usage?.input_tokens_details.cached_tokens).toBe(4);
        expect(usage?.input_tokens).toBeGreaterThan(4);
      },
      async logprobs({ model }) {
        const include = ['message.output_text.logprobs' as const];
        const { output } = await say(model, 'Explain tides', { include, top_logprobs: 1 });
        expect(JSON.stringify(output)).toContain('"logprob":');
      },
      async cut({ model }) {
        const types: string[] = [];
        const input = `${ask.LONG} [[simulate: truncate after=12]]`;
        for await (const { type } of await client.responses.create({ model, input, stream: true })) types.push(type);
        expect([types.at(-1), types.includes('response.completed')]).toEqual(['response.failed', false]);
      },
      badRequest: async ({ model }) =>
        expect(say(model, [{ role: 'nobody' as 'user', content: 'x' }])).rejects.toMatchObject({ status: 400 }),
      async stranger({ model }) {
        const asking = client.withOptions({ apiKey: 'wrong' }).responses.create({ model, input: 'x' });
        await expect(asking).rejects.toMatchObject({ status: 401 });
      },
      providerKey: fault('401', 502),
      limited: fault('429', 503),
      broken: fault('500', 502),
    },
  };
}
