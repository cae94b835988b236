import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { type Simulator, startSimulator } from '../../start.ts';

/** The unmodified Azure client of the OpenAI SDK, pointed straight at the simulator. */
let simulator: Simulator;
let dated: AzureOpenAI;
let current: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  dated = new AzureOpenAI({ apiKey: 'sim-test', endpoint: simulator.url, apiVersion: '2024-10-21', maxRetries: 0 });
  current = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/openai/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());

const ask = (content: string, model = 'sim-small') => ({ model, messages: [{ role: 'user' as const, content }] });
interface Filtered {
  readonly prompt_filter_results?: unknown;
  readonly choices: { content_filter_results?: object }[];
}

describe.each([
  ['deployments', () => dated],
  ['/openai/v1', () => current],
] as const)('%s', (_name, client) => {
  test('answers as OpenAI does, with the verdicts of the filter', async () => {
    const { data, response } = await client().chat.completions.create(ask('Explain tides')).withResponse();
    expect(response.headers.get('x-parley-simulator')).toBe('1');
    expect(response.headers.get('apim-request-id')).toBeTruthy();
    expect(data.choices[0]?.message.content).toContain('[simulated by Parley]');
    const { prompt_filter_results, choices } = data as unknown as Filtered;
    expect(prompt_filter_results).toMatchObject([
      { prompt_index: 0, content_filter_results: { hate: { filtered: false } } },
    ]);
    expect(choices[0]?.content_filter_results).toMatchObject({ violence: { filtered: false, severity: 'safe' } });
  });

  test('begins a stream with a chunk that has no choices', async () => {
    const chunks = await collect(await client().chat.completions.create({ ...ask('Explain tides'), stream: true }));
    expect(chunks[0]).toMatchObject({ id: '', model: '', choices: [], prompt_filter_results: [{}] });
    const whole = await client().chat.completions.create(ask('Explain tides'));
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]?.message.content);
  });

  test('says what was filtered', async () => {
    const { choices } = await client().chat.completions.create(ask('Explain tides', 'sim-small+content-filter:2'));
    expect(choices[0]?.finish_reason).toBe('content_filter');
    expect(choices[0]).toMatchObject({ content_filter_results: { violence: { filtered: true } } });
    await expect(client().chat.completions.create(ask('Hi', 'sim-small+prompt-blocked'))).rejects.toMatchObject({
      status: 400,
      code: 'content_filter',
      error: { innererror: { code: 'ResponsibleAIPolicyViolation' } },
    });
  });

  test('embeds', async () => {
    const { data } = await client().embeddings.create({ model: 'sim-embedding', input: 'apples' });
    expect(data[0]?.embedding).toHaveLength(256);
  });

  test('fails in words of its own at the door', async () => {
    const failing = (model: string) => client().chat.completions.create(ask('Hi', model));
    await expect(failing('gpt-4o')).rejects.toMatchObject({ status: 404, code: 'DeploymentNotFound' });
    const limited = await failing('sim-small+429').catch((error: unknown) => error);
    expect(limited).toMatchObject({ status: 429, code: '429' });
    expect((limited as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after-ms')).toBe('1000');
    const stranger = client().withOptions({ apiKey: 'other-key' });
    await expect(stranger.chat.completions.create(ask('Hi'))).rejects.toMatchObject({ status: 401, code: '401' });
  });
});

test('answers Responses, stored by account, under both paths', async () => {
  const made = await current.responses.create({ model: 'sim-small', input: 'My name is Ada.' });
  const next = { model: 'sim-small', input: 'What is my name?', previous_response_id: made.id };
  expect((await dated.responses.create(next)).output_text).toContain('Ada');
});

test('a dated path without its version does not exist', async () => {
  const response = await fetch(`${simulator.url}/openai/deployments/sim-small/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': 'sim-test', 'content-type': 'application/json' },
    body: JSON.stringify(ask('Hi')),
  });
  expect(response.status).toBe(404);
});
