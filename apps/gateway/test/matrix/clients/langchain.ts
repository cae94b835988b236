import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { type AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatGoogleGenerativeAI } from '@langchain/google-genai';
import { ChatOpenAI } from '@langchain/openai';
import { expect } from 'vitest';
import { z } from 'zod';
import * as ask from '../features.ts';

const weather = tool(() => '21 degrees', {
  name: ask.WEATHER.name,
  description: ask.WEATHER.description,
  schema: z.object({ city: z.string() }),
});

const USAGE = z.object({ input_tokens: z.number(), output_tokens: z.number() });

type Models = (name: string, more?: { readonly apiKey?: string; readonly most?: number }) => BaseChatModel;

const withTools = (model: BaseChatModel) => {
  if (model.bindTools === undefined) throw new Error('the model takes no tools');
  return model.bindTools([weather]);
};

function langChain(name: string, models: Models, results = 2): ask.Client {
  const invoke = (model: string, text: string) => models(model).invoke(text);
  async function streamed(stream: Promise<AsyncIterable<AIMessageChunk>>): Promise<AIMessageChunk> {
    let all: AIMessageChunk | undefined;
    for await (const chunk of await stream) all = all === undefined ? chunk : all.concat(chunk);
    if (all === undefined) throw new Error('the stream was empty');
    return all;
  }
  async function agent(model: string): Promise<void> {
    const bound = withTools(models(model));
    const question = new HumanMessage(results === 2 ? ask.TWO_CITIES : ask.ONE_CITY);
    const first = await bound.invoke([question]);
    const answered = (first.tool_calls ?? []).map(
      (call) => new ToolMessage({ tool_call_id: call.id ?? '', name: call.name, content: '21 degrees' }),
    );
    expect(answered).toHaveLength(results);
    expect((await bound.invoke([question, first, ...answered])).text.match(/21 degrees/g)).toHaveLength(results);
  }
  const fault =
    (text: string) =>
    async ({ model }: ask.Cell) =>
      expect(invoke(model, `[[simulate: ${text}]] Hi`)).rejects.toThrow();

  return {
    name,
    tries: {
      async text({ model }) {
        expect((await invoke(model, 'Explain tides')).text).toMatch(/./);
      },
      async stream({ model }) {
        const whole = await invoke(model, 'Explain tides');
        expect((await streamed(models(model).stream('Explain tides'))).text).toBe(whole.text);
      },
      async system({ model, sent }) {
        await models(model).invoke([new SystemMessage('Speak as a pirate.'), new HumanMessage('Hello!')]);
        expect(sent()).toContain('Speak as a pirate.');
      },
      async tool({ model }) {
        const { tool_calls } = await withTools(models(model)).invoke(ask.ONE_CITY);
        expect(tool_calls?.map(({ args }) => args)).toEqual([{ city: 'Paris' }]);
      },
      async parallelTools({ model }) {
        const { tool_calls } = await withTools(models(model)).invoke(ask.TWO_CITIES);
        expect(tool_calls?.map(({ args }) => args)).toEqual(ask.CITIES);
      },
      async streamedTools({ model }) {
        const { tool_calls } = await streamed(withTools(models(model)).stream(ask.TWO_CITIES));
        expect(tool_calls?.map(({ args }) => args)).toEqual(ask.CITIES);
      },
      toolResults: ({ model }) => agent(model),
      async length({ model }) {
        const { response_metadata, usage_metadata } = await models(model, { most: 16 }).invoke(ask.LONG);
        expect(USAGE.parse(usage_metadata).output_tokens).toBeLessThanOrEqual(16);
        expect(JSON.stringify(response_metadata)).toMatch(/length|max_tokens|MAX_TOKENS/);
      },
      async usage({ model }) {
        const { usage_metadata } = await invoke(model, 'Explain tides');
        const { input_tokens, output_tokens } = USAGE.parse(usage_metadata);
        expect(Math.min(input_tokens, output_tokens)).toBeGreaterThan(3);
      },
      async cut({ model }) {
        const reading = streamed(models(model).stream(`[[simulate: truncate after=12]] ${ask.LONG}`));
        // Google's older library, which LangChain uses, reads no errors within streams: what it gives has no end.
        const end = await reading.then(
          ({ response_metadata }) => response_metadata.finishReason ?? 'none',
          () => 'an error',
        );
        expect(['none', 'an error']).toContain(end);
      },
      async stranger({ model }) {
        await expect(models(model, { apiKey: 'wrong' }).invoke('x')).rejects.toThrow();
      },
      providerKey: fault('401'),
      broken: fault('500'),
    },
  };
}

/** LangChain's chat models for OpenAI, Anthropic and Google. */
export function langChains({ url, key }: ask.Access): readonly ask.Client[] {
  return [
    langChain(
      'LangChain `ChatOpenAI`',
      (model, { apiKey = key, most = 2000 } = {}) =>
        new ChatOpenAI({ model, apiKey, maxTokens: most, maxRetries: 0, configuration: { baseURL: `${url}/v1` } }),
    ),
    langChain(
      'LangChain `ChatAnthropic`',
      (model, { apiKey = key, most = 2000 } = {}) =>
        new ChatAnthropic({ model, apiKey, maxTokens: most, maxRetries: 0, anthropicApiUrl: url }),
    ),
    langChain(
      'LangChain `ChatGoogleGenerativeAI`',
      (model, { apiKey = key, most = 2000 } = {}) =>
        new ChatGoogleGenerativeAI({ model, apiKey, maxOutputTokens: most, maxRetries: 0, baseUrl: url }),
      // It sends results of parallel calls in turns of their own, which Google refuses (as the simulator has it).
      1,
    ),
  ];
}
