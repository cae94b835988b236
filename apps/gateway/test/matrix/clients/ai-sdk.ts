import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import {
  APICallError,
  generateText,
  type LanguageModel,
  type ModelMessage,
  Output,
  stepCountIs,
  streamText,
  type ToolSet,
  tool,
} from 'ai';
import { expect } from 'vitest';
import { z } from 'zod';
import * as ask from '../features.ts';

const description = ask.WEATHER.description;
const inputSchema = z.object({ city: z.string() });
const unanswered: ToolSet = { get_weather: tool({ description, inputSchema, outputSchema: z.string() }) };
const answered: ToolSet = { get_weather: tool({ description, inputSchema, execute: () => '21 degrees' }) };
const failing: ToolSet = {
  get_weather: tool({
    description,
    inputSchema,
    execute: (): string => {
      throw new Error('21 degrees');
    },
  }),
};
const REPORT = z.object({ city: z.string(), mood: z.enum(['good', 'bad']) });
const inputs = (calls: readonly { readonly input: unknown }[]): unknown[] => calls.map(({ input }) => input);

type Models = (name: string, key?: string) => LanguageModel;

/** The library takes what it has seen to be kept by the provider, unless it is told. */
const NOT_KEPT = { openai: { store: false } };

type ProviderOptions = Record<string, Record<string, boolean>>;

function aiSdk(name: string, models: Models, providerOptions: ProviderOptions = {}): ask.Client {
  const base = (model: string) => ({ model: models(model), maxRetries: 0, providerOptions });
  const say = (model: string, prompt: string | ModelMessage[]) => generateText({ ...base(model), prompt });
  const streamed = (model: string, prompt: string) =>
    streamText({ ...base(model), prompt, tools: unanswered, onError: () => {} });

  async function agent(model: string, set: ToolSet, times = 2) {
    const run = await generateText({ ...base(model), prompt: ask.TWO_CITIES, tools: set, stopWhen: stepCountIs(3) });
    expect(run.steps).toHaveLength(2);
    expect(run.text.match(/21 degrees/g)).toHaveLength(times);
  }
  const shown = async (model: string, mediaType: string, data: string) => {
    const content = [
      { type: 'text' as const, text: 'What is this?' },
      { type: 'file' as const, mediaType, data, filename: 'a' },
    ];
    expect((await say(model, [{ role: 'user', content }])).text).toContain('I was shown 1');
  };
  const fault =
    (text: string, statusCode: number) =>
    async ({ model }: ask.Cell) =>
      expect(say(model, `[[simulate: ${text}]] Hi`)).rejects.toMatchObject({ statusCode });

  return {
    name,
    tries: {
      async text({ model }) {
        expect([(await say(model, 'Explain tides')).finishReason]).toEqual(['stop']);
      },
      async stream({ model }) {
        const whole = await generateText({ ...base(model), prompt: 'Explain tides', tools: unanswered });
        expect(await streamed(model, 'Explain tides').text).toBe(whole.text);
      },
      async system({ model, sent }) {
        await generateText({ ...base(model), instructions: 'Speak as a pirate.', prompt: 'Hello!' });
        expect(sent()).toContain('Speak as a pirate.');
      },
      async turns({ model }) {
        const { text } = await say(model, [
          { role: 'user', content: 'My name is Ada.' },
          { role: 'assistant', content: 'Welcome.' },
          { role: 'user', content: 'What is my name?' },
        ]);
        expect(text).toContain('Your name is Ada');
      },
      async tool({ model }) {
        const { toolCalls } = await generateText({ ...base(model), prompt: ask.ONE_CITY, tools: unanswered });
        expect(inputs(toolCalls)).toEqual([{ city: 'Paris' }]);
      },
      async parallelTools({ model }) {
        const { toolCalls } = await generateText({ ...base(model), prompt: ask.TWO_CITIES, tools: unanswered });
        expect(inputs(toolCalls)).toEqual(ask.CITIES);
      },
      async streamedTools({ model }) {
        expect(inputs(await streamed(model, ask.TWO_CITIES).toolCalls)).toEqual(ask.CITIES);
      },
      toolResults: ({ model }) => agent(model, answered),
      toolErrors: ({ model }) => agent(model, failing),
      async anyTool({ model }) {
        const run = await generateText({ ...base(model), prompt: 'Hello!', tools: unanswered, toolChoice: 'required' });
        expect(run.toolCalls).toHaveLength(1);
      },
      async noTool({ model }) {
        const run = await generateText({ ...base(model), prompt: ask.ONE_CITY, tools: unanswered, toolChoice: 'none' });
        expect(run.toolCalls).toEqual([]);
      },
      async namedTool({ model }) {
        const toolChoice = { type: 'tool' as const, toolName: 'get_weather' };
        const run = await generateText({ ...base(model), prompt: 'Hello Paris!', tools: unanswered, toolChoice });
        expect(run.toolCalls).toHaveLength(1);
      },
      async schema({ model }) {
        const output = Output.object({ schema: REPORT });
        const run = await generateText({ ...base(model), prompt: 'How is Paris?', output });
        expect(Object.keys(run.output).sort()).toEqual(['city', 'mood']);
      },
      image: ({ model }) => shown(model, 'image/png', ask.PNG),
      document: ({ model }) => shown(model, 'application/pdf', ask.PDF),
      reasoningTools: ({ thinker }) => agent(thinker, answered),
      async length({ model }) {
        const run = await generateText({ ...base(model), prompt: ask.LONG, maxOutputTokens: 16 });
        expect(run.finishReason).toBe('length');
      },
      async usage({ model }) {
        const { usage } = await say(model, 'Explain tides');
        expect(Math.min(usage.inputTokens ?? 0, usage.outputTokens ?? 0)).toBeGreaterThan(3);
      },
      async cut({ model }) {
        const run = streamed(model, `[[simulate: truncate after=12]] ${ask.LONG}`);
        const ends: string[] = [];
        for await (const part of run.stream) {
          if (part.type === 'error') ends.push('error');
          if (part.type === 'finish') ends.push(part.finishReason);
        }
        // Of OpenAI's chat streams the library reads the finish reason `error` and not the error beside it.
        expect(ends.filter((end) => end === 'error' || end === 'other')).not.toEqual([]);
        expect(ends).not.toContain('stop');
      },
      async stranger() {
        const asking = generateText({ model: models('openai_chat', 'wrong'), maxRetries: 0, prompt: 'x' });
        await expect(asking).rejects.toBeInstanceOf(APICallError);
        await expect(asking).rejects.toMatchObject({ statusCode: 401 });
      },
      providerKey: fault('401', 502),
      limited: fault('429', 503),
      broken: fault('500', 502),
    },
  };
}

/** The AI SDK with its providers for OpenAI (both of its protocols), Anthropic and Google. */
export function aiSdks({ url, key }: ask.Access): readonly ask.Client[] {
  const openai = (apiKey: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey });
  return [
    aiSdk('`ai` + `@ai-sdk/openai`', (name, own = key) => openai(own).responses(name), NOT_KEPT),
    aiSdk('`ai` + `@ai-sdk/openai` chat', (name, own = key) => openai(own).chat(name)),
    aiSdk('`ai` + `@ai-sdk/anthropic`', (name, own = key) =>
      createAnthropic({ baseURL: `${url}/v1`, apiKey: own })(name),
    ),
    aiSdk('`ai` + `@ai-sdk/google`', (name, own = key) =>
      createGoogle({ baseURL: `${url}/v1beta`, apiKey: own })(name),
    ),
  ];
}
