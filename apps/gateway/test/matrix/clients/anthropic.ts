import Anthropic from '@anthropic-ai/sdk';
import { expect } from 'vitest';
import * as ask from '../features.ts';

type Body = Partial<Omit<Anthropic.MessageCreateParamsNonStreaming, 'model' | 'messages'>>;
type Message = Anthropic.MessageParam;

const tools: Anthropic.Tool[] = [
  { name: ask.WEATHER.name, description: ask.WEATHER.description, input_schema: ask.WEATHER.schema },
];
const user = (content: Message['content']): Message[] => [{ role: 'user', content }];
const callsOf = ({ content }: Anthropic.Message) => content.filter((block) => block.type === 'tool_use');
const argumentsOf = (message: Anthropic.Message): unknown[] => callsOf(message).map(({ input }) => input);
const textOf = ({ content }: Anthropic.Message): string =>
  content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');

/** Anthropic's SDK, `messages`. */
export function anthropic({ url, key }: ask.Access): ask.Client {
  const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
  const request = (model: string, messages: Message[] | string, body: Body) => ({
    model,
    max_tokens: 4000,
    messages: typeof messages === 'string' ? user(messages) : messages,
    ...body,
  });
  const say = (model: string, messages: Message[] | string, body: Body = {}) =>
    client.messages.create(request(model, messages, body));
  const streamed = (model: string, messages: Message[] | string, body: Body = {}) =>
    client.messages.stream(request(model, messages, body)).finalMessage();

  async function sendBack(model: string, body: Body, result: Partial<Anthropic.ToolResultBlockParam> = {}) {
    const first = await say(model, ask.TWO_CITIES, { tools, ...body });
    const results = callsOf(first).map(({ id }) => ({
      type: 'tool_result' as const,
      tool_use_id: id,
      content: '21 degrees',
      ...result,
    }));
    const messages = [
      ...user(ask.TWO_CITIES),
      { role: 'assistant' as const, content: first.content },
      ...user(results),
    ];
    expect(textOf(await streamed(model, messages, { tools, ...body })).match(/21 degrees/g)).toHaveLength(2);
  }
  const thinking = { type: 'enabled', budget_tokens: 1024 } as const;
  const fault =
    (text: string, status: number) =>
    async ({ model }: ask.Cell) =>
      expect(say(model, `[[simulate: ${text}]] Hi`)).rejects.toMatchObject({ status });

  return {
    name: '`@anthropic-ai/sdk` messages',
    tries: {
      async text({ model }) {
        const message = await say(model, 'Explain tides');
        expect([message.stop_reason, textOf(message)]).toEqual(['end_turn', expect.stringMatching(/./)]);
      },
      async stream({ model }) {
        expect(textOf(await streamed(model, 'Explain tides'))).toBe(textOf(await say(model, 'Explain tides')));
      },
      async system({ model, sent }) {
        await say(model, 'Hello!', { system: 'Speak as a pirate.' });
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
        expect(argumentsOf(await streamed(model, ask.TWO_CITIES, { tools }))).toEqual(ask.CITIES);
      },
      toolResults: ({ model }) => sendBack(model, {}),
      toolErrors: ({ model }) => sendBack(model, {}, { is_error: true }),
      async anyTool({ model }) {
        expect(argumentsOf(await say(model, 'Hello!', { tools, tool_choice: { type: 'any' } }))).toHaveLength(1);
      },
      async noTool({ model }) {
        expect(argumentsOf(await say(model, ask.ONE_CITY, { tools, tool_choice: { type: 'none' } }))).toEqual([]);
      },
      async namedTool({ model }) {
        const tool_choice = { type: 'tool' as const, name: ask.WEATHER.name };
        expect(argumentsOf(await say(model, 'Hello Paris!', { tools, tool_choice }))).toHaveLength(1);
      },
      async schema({ model }) {
        const output_config = { format: { type: 'json_schema' as const, schema: ask.REPORT } };
        const answer = JSON.parse(textOf(await say(model, 'How is Paris?', { output_config }))) as object;
        expect(Object.keys(answer).sort()).toEqual(['city', 'mood']);
      },
      async image({ model }) {
        const source = { type: 'base64' as const, media_type: 'image/png' as const, data: ask.PNG };
        const answer = await say(
          model,
          user([
            { type: 'image', source },
            { type: 'text', text: 'What is this?' },
          ]),
        );
        expect(textOf(answer)).toContain('I was shown 1 image');
      },
      async document({ model }) {
        const source = { type: 'base64' as const, media_type: 'application/pdf' as const, data: ask.PDF };
        const answer = await say(
          model,
          user([
            { type: 'document', source },
            { type: 'text', text: 'What is this?' },
          ]),
        );
        expect(textOf(answer)).toContain('I was shown 1');
      },
      async reasoning({ thinker, dropped }) {
        const { usage } = await say(thinker, 'Explain tides', { thinking });
        if (dropped().length === 0) expect(usage.output_tokens).toBeGreaterThan(50);
      },
      reasoningTools: ({ thinker }) => sendBack(thinker, { thinking }),
      async stop({ model }) {
        const message = await say(model, ask.STOPPED, { stop_sequences: ['STOP'] });
        expect(textOf(message)).toMatch(/two ?$/);
        expect(['stop_sequence', 'end_turn']).toContain(message.stop_reason);
      },
      async length({ model }) {
        expect((await say(model, ask.LONG, { max_tokens: 16 })).stop_reason).toBe('max_tokens');
      },
      async usage({ model }) {
        const { usage } = await say(model, 'Explain tides');
        expect(Math.min(usage.input_tokens, usage.output_tokens)).toBeGreaterThan(3);
      },
      async cached({ model }) {
        const { usage } = await say(model, '[[simulate: cached-tokens count=4]] Explain tides');
        expect(usage.cache_read_input_tokens).toBe(4);
      },
      async marks({ model, sent, dropped }) {
        const cache_control = { type: 'ephemeral' as const };
        const system = [{ type: 'text' as const, text: 'Speak as a pirate.', cache_control }];
        await say(model, 'Hello!', { system });
        const marked = /cache_control|cachePoint/.test(sent());
        expect(marked || dropped().length > 0 || IMPLICIT.has(model)).toBe(true);
      },
      async cut({ model }) {
        const reading = streamed(model, `${ask.LONG} [[simulate: truncate after=12]]`);
        await expect(reading).rejects.toMatchObject({ type: 'api_error' });
      },
      badRequest: async ({ model }) =>
        expect(say(model, [{ role: 'nobody' as 'user', content: 'x' }])).rejects.toMatchObject({
          status: 400,
          type: 'invalid_request_error',
        }),
      async stranger({ model }) {
        const asking = client.withOptions({ apiKey: 'wrong' }).messages;
        await expect(asking.create(request(model, 'x', {}))).rejects.toMatchObject({ type: 'authentication_error' });
      },
      providerKey: fault('401', 502),
      limited: fault('429', 503),
      broken: fault('500', 502),
    },
  };
}

/** Providers that cache prefixes by themselves: a mark tells them nothing, and nothing is lost. */
const IMPLICIT: ReadonlySet<string> = new Set([
  'openai_chat',
  'openai_responses',
  'azure',
  'gemini',
  'vertex',
  'cohere',
]);
