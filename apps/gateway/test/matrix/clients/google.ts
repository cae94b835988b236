import {
  type Content,
  type FunctionCallingConfig,
  FunctionCallingConfigMode,
  type GenerateContentConfig,
  GoogleGenAI,
  type Part,
} from '@google/genai';
import { expect } from 'vitest';
import * as ask from '../features.ts';

const { name, description, schema } = ask.WEATHER;
const tools = [{ functionDeclarations: [{ name, description, parametersJsonSchema: schema }] }];
const user = (parts: Part[]): Content => ({ role: 'user', parts });

/** Google's SDK, `models.generateContent`. */
export function google({ url, key }: ask.Access): ask.Client {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  const say = (model: string, contents: Content[] | string, config: GenerateContentConfig = {}) =>
    client.models.generateContent({ model, contents, config });

  async function streamed(model: string, contents: Content[] | string, config: GenerateContentConfig = {}) {
    const parts: Part[] = [];
    for await (const chunk of await client.models.generateContentStream({ model, contents, config })) {
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    }
    const text = parts.map((part) => (part.thought ? '' : (part.text ?? ''))).join('');
    return { text, args: parts.flatMap((part) => part.functionCall?.args ?? []) };
  }
  async function argumentsOf(model: string, text: string, calling: FunctionCallingConfig = {}) {
    const { functionCalls = [] } = await say(model, text, { tools, toolConfig: { functionCallingConfig: calling } });
    return functionCalls.map(({ args }) => args);
  }
  async function sendBack(model: string, config: GenerateContentConfig, response: Record<string, string>) {
    const question = user([{ text: ask.TWO_CITIES }]);
    const first = await say(model, [question], { tools, ...config });
    const results = (first.functionCalls ?? []).map((call) => ({
      functionResponse: { ...(call.id ? { id: call.id } : {}), name, response },
    }));
    expect(results).toHaveLength(2);
    const turn = first.candidates?.[0]?.content ?? {};
    const { text } = await streamed(model, [question, turn, user(results)], { tools, ...config });
    expect(text.match(/21 degrees/g)).toHaveLength(2);
  }
  const shown = async (model: string, mimeType: string, data: string) =>
    (await say(model, [user([{ text: 'What is this?' }, { inlineData: { mimeType, data } }])])).text;
  const fault =
    (text: string, status: number) =>
    async ({ model }: ask.Cell) =>
      expect(say(model, `[[simulate: ${text}]] Hi`)).rejects.toMatchObject({ status });
  const thinkingConfig = { thinkingBudget: 1024, includeThoughts: true };

  return {
    name: '`@google/genai` generateContent',
    tries: {
      async text({ model }) {
        const answer = await say(model, 'Explain tides');
        expect([answer.candidates?.[0]?.finishReason, answer.text]).toEqual(['STOP', expect.stringMatching(/./)]);
      },
      async stream({ model }) {
        expect((await streamed(model, 'Explain tides')).text).toBe((await say(model, 'Explain tides')).text);
      },
      async system({ model, sent }) {
        await say(model, 'Hello!', { systemInstruction: 'Speak as a pirate.' });
        expect(sent()).toContain('Speak as a pirate.');
      },
      async turns({ model }) {
        const before = [user([{ text: 'My name is Ada.' }]), { role: 'model', parts: [{ text: 'Welcome.' }] }];
        expect((await say(model, [...before, user([{ text: 'What is my name?' }])])).text).toContain('name is Ada');
      },
      async tool({ model }) {
        expect(await argumentsOf(model, ask.ONE_CITY)).toEqual([{ city: 'Paris' }]);
      },
      async parallelTools({ model }) {
        expect(await argumentsOf(model, ask.TWO_CITIES)).toEqual(ask.CITIES);
      },
      async streamedTools({ model }) {
        expect((await streamed(model, ask.TWO_CITIES, { tools })).args).toEqual(ask.CITIES);
      },
      toolResults: ({ model }) => sendBack(model, {}, { output: '21 degrees' }),
      toolErrors: ({ model }) => sendBack(model, {}, { error: '21 degrees' }),
      async anyTool({ model }) {
        expect(await argumentsOf(model, 'Hello!', { mode: FunctionCallingConfigMode.ANY })).toHaveLength(1);
      },
      async noTool({ model }) {
        expect(await argumentsOf(model, ask.ONE_CITY, { mode: FunctionCallingConfigMode.NONE })).toEqual([]);
      },
      async namedTool({ model }) {
        expect(
          await argumentsOf(model, 'Hello Paris!', {
            mode: FunctionCallingConfigMode.ANY,
            allowedFunctionNames: [name],
          }),
        ).toHaveLength(1);
      },
      async schema({ model }) {
        const form = { responseMimeType: 'application/json', responseJsonSchema: ask.REPORT };
        const answer = JSON.parse((await say(model, 'How is Paris?', form)).text ?? '') as object;
        expect(Object.keys(answer).sort()).toEqual(['city', 'mood']);
      },
      async image({ model }) {
        expect(await shown(model, 'image/png', ask.PNG)).toContain('I was shown 1 image');
      },
      async document({ model }) {
        expect(await shown(model, 'application/pdf', ask.PDF)).toContain('I was shown 1');
      },
      async reasoning({ thinker, dropped }) {
        const { usageMetadata: usage } = await say(thinker, 'Explain tides', { thinkingConfig });
        const output = (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0);
        if (dropped().length === 0) expect(output).toBeGreaterThan(50);
      },
      reasoningTools: ({ thinker }) => sendBack(thinker, { thinkingConfig }, { output: '21 degrees' }),
      async stop({ model }) {
        expect((await say(model, ask.STOPPED, { stopSequences: ['STOP'] })).text).toMatch(/two ?$/);
      },
      async length({ model }) {
        const { candidates } = await say(model, ask.LONG, { maxOutputTokens: 16 });
        expect(candidates?.[0]?.finishReason).toBe('MAX_TOKENS');
      },
      async hot({ model, sent, dropped }) {
        await say(model, 'Hello!', { temperature: 1.5 });
        expect(sent().includes('1.5')).toBe(dropped().length === 0);
      },
      async usage({ model }) {
        const { usageMetadata: usage } = await say(model, 'Explain tides');
        expect(usage?.candidatesTokenCount).toBeGreaterThan(5);
        expect(usage?.totalTokenCount).toBe((usage?.promptTokenCount ?? 0) + (usage?.candidatesTokenCount ?? 0));
      },
      async cached({ model }) {
        const { usageMetadata: usage } = await say(model, '[[simulate: cached-tokens count=4]] Explain tides');
        expect(usage?.cachedContentTokenCount).toBe(4);
        expect(usage?.promptTokenCount).toBeGreaterThan(4);
      },
      async choices({ model }) {
        expect((await say(model, 'Explain tides', { candidateCount: 2 })).candidates).toHaveLength(2);
      },
      async logprobs({ model, sent }) {
        // The simulator gives Google's answers none: what passes is the request.
        await say(model, 'Explain tides', { responseLogprobs: true });
        expect(sent()).toContain('"responseLogprobs":true');
      },
      async cut({ model }) {
        await expect(streamed(model, `[[simulate: truncate after=12]] ${ask.LONG}`)).rejects.toThrow();
      },
      badRequest: async ({ model }) =>
        expect(say(model, [user([{ text: 5 as unknown as string }])])).rejects.toMatchObject({ status: 400 }),
      async stranger({ model }) {
        const wrong = new GoogleGenAI({ apiKey: 'wrong', httpOptions: { baseUrl: url } });
        const asking = wrong.models.generateContent({ model, contents: 'x' });
        await expect(asking).rejects.toMatchObject({ status: 401 });
      },
      providerKey: fault('401', 502),
      limited: fault('429', 503),
      broken: fault('500', 502),
    },
  };
}
