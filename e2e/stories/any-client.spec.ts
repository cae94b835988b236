import Anthropic from '@anthropic-ai/sdk';
import { expect, test } from '@playwright/test';
import OpenAI from 'openai';
import { running } from '../src/running.ts';

/** One key, models of two makers' protocols, clients of two makers: each client calls the other's model. */
const openai = (): OpenAI =>
  new OpenAI({ baseURL: `${running().gatewayUrl}/v1`, apiKey: running().demo.apiKey, maxRetries: 0 });
const anthropic = (): Anthropic =>
  new Anthropic({ baseURL: running().gatewayUrl, apiKey: running().demo.apiKey, maxRetries: 0 });
const hello = [{ role: 'user' as const, content: 'Say hello in five words.' }];

test('Anthropic’s client talks to a model that speaks OpenAI’s protocol, whole and streamed', async () => {
  const whole = await anthropic().messages.create({ model: 'swift', max_tokens: 200, messages: hello });
  expect([whole.model, whole.stop_reason]).toEqual(['swift', 'end_turn']);
  const streamed = await anthropic()
    .messages.stream({ model: 'swift', max_tokens: 200, messages: hello })
    .finalMessage();
  expect(streamed.content).toEqual(whole.content);
  expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
});

test('OpenAI’s client, old API and new, talks to a model that speaks Anthropic’s protocol', async () => {
  const chat = await openai().chat.completions.create({ model: 'ponder', messages: hello });
  expect([chat.model, chat.choices[0]?.finish_reason]).toEqual(['ponder', 'stop']);
  expect(chat.choices[0]?.message.content).toBeTruthy();
  const response = await openai().responses.create({ model: 'ponder', input: 'Say hello in five words.' });
  expect([response.model, response.status]).toEqual(['ponder', 'completed']);
  expect(response.output_text).toBeTruthy();
});

test('a name that stands for several models is answered by the first that works, and says which', async () => {
  const { data, response } = await openai().chat.completions.create({ model: 'smart', messages: hello }).withResponse();
  expect(data.model).toBe('sage');
  expect(response.headers.get('x-parley-model')).toBe('sage');
});
