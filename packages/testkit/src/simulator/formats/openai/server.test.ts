import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { collect } from '../../../collect.ts';
import { waitFor } from '../../../wait-for.ts';
import { FAULTS, parseFaults } from '../../faults.ts';
import { MODELS } from '../../models.ts';
import { type Simulator, startSimulator } from '../../start.ts';

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => simulator.clear());

const ask = (content: string, model = 'sim-small') => ({ model, messages: [{ role: 'user' as const, content }] });
const own = (path: string, init: RequestInit = {}) => fetch(`${simulator.url}${path}`, init);
const post = (body: string, headers: Record<string, string> = {}) =>
  own('/v1/chat/completions', { method: 'POST', body, headers: { authorization: 'Bearer sim-test', ...headers } });

describe('errors are the exceptions of the SDK', () => {
  test('401 without a key and with a key that is not the simulator’s; the key is not repeated in full', async () => {
    const other = new OpenAI({ apiKey: 'sk-secret-of-someone-1234', baseURL: `${simulator.url}/v1`, maxRetries: 0 });
    const refused = await other.models.list().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(refused).toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect(String(refused)).not.toContain('secret');
    expect((await own('/v1/models')).status).toBe(401);
    expect(JSON.stringify(simulator.requests())).not.toContain('secret');
  });

  test('404 for a model that is not the simulator’s', async () => {
    const refused = await client.chat.completions.create(ask('Hi', 'gpt-4o')).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(OpenAI.NotFoundError);
    expect(refused).toMatchObject({ code: 'model_not_found', type: 'invalid_request_error' });
  });

  test.each([
    [{ model: 'sim-small' }, 'messages', 'missing_required_parameter'],
    [{ model: 'sim-small', messages: [] }, 'messages', 'integer_below_min_value'],
    [{ model: 'sim-small', messages: [{ role: 'user', content: 5 }] }, 'messages[0].content', 'invalid_type'],
    [{ model: 'sim-small', messages: [{ role: 'king', content: 'x' }] }, 'messages[0].role', 'invalid_type'],
    [{ ...ask('x'), temperature: 3 }, 'temperature', 'integer_above_max_value'],
    [{ ...ask('x'), n: 0 }, 'n', 'integer_below_min_value'],
    [{ ...ask('x'), max_tokens: 'ten' }, 'max_tokens', 'invalid_type'],
    [{ ...ask('x'), max_tokens: 5, max_completion_tokens: 5 }, 'max_tokens', 'invalid_parameter_combination'],
    [{ ...ask('x'), stream_options: { include_usage: true } }, 'stream_options', null],
    [{ ...ask('x'), tool_choice: 'required' }, 'tool_choice', null],
    [{ model: 'sim-small', messages: [{ role: 'tool', content: 'x', tool_call_id: 'a' }] }, 'messages.[0].role', null],
  ])('400 for %j names %s', async (body, param, code) => {
    const answer = await post(JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error', param, code } });
  });

  test('400 for tool calls left without results, naming them', async () => {
    const call = { id: 'call_7', type: 'function' as const, function: { name: 'f', arguments: '{}' } };
    await expect(
      client.chat.completions.create({
        model: 'sim-small',
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'user', content: 'y' },
        ],
      }),
    ).rejects.toThrow(/did not have response messages: call_7/);
  });

  test('400 for a body that is not JSON, 404 for an unknown path, 405 for the wrong method', async () => {
    expect(await (await post('{"model":')).json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    const key = { headers: { authorization: 'Bearer sim-test' } };
    expect((await own('/v1/nope', key)).status).toBe(404);
    expect((await own('/v1/models', { ...key, method: 'PUT' })).status).toBe(405);
    expect((await own('/nope')).status).toBe(404);
  });

  test('the SDK knows 429 and 500 by class, and a retry gets through when the fault hits once', async () => {
    await expect(client.chat.completions.create(ask('Hi', 'sim-small+429'))).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    await expect(client.chat.completions.create(ask('Hi', 'sim-small+500'))).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
    const patient = new OpenAI({ apiKey: 'sim-test', baseURL: `${simulator.url}/v1`, maxRetries: 2 });
    simulator.clear();
    const answer = await patient.chat.completions.create(ask('Hi [[simulate: 429 retry-after=0 times=1]]'));
    expect(answer.choices).toHaveLength(1);
    expect(simulator.requests().map((record) => record.status)).toEqual([200, 429]);
  });
});

describe('faults can be asked for', () => {
  test.each([
    ['by header', ask('Hi'), { 'x-simulate': '503 retry-after=4' }],
    ['by model name', ask('Hi', 'sim-small+503:4'), {}],
    ['in the last user message', ask('Hi [[simulate: 503 retry-after=4]]'), {}],
    [
      'in a text part',
      { ...ask(''), messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi [[simulate: 503:4]]' }] }] },
      {},
    ],
  ])('%s', async (_, body, headers) => {
    const answer = await post(JSON.stringify(body), headers);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('4');
  });

  test('several at once, and the words of the answer do not change for it', async () => {
    const plain = await client.chat.completions.create(ask('Tell me about rivers'));
    const stream = await client.chat.completions.create({
      ...ask('Tell me about rivers [[simulate: comments; slow-tokens ms=1]]', 'sim-small+no-done'),
      stream: true,
    });
    const text = (await collect(stream)).map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(plain.choices[0]?.message.content);
    expect(simulator.requests()[0]?.faults).toEqual(['no-done', 'comments', 'slow-tokens']);
  });

  test('an unknown fault or setting is refused, never ignored', async () => {
    await expect(client.chat.completions.create(ask('Hi', 'sim-small+explode'))).rejects.toThrow(
      /Unknown fault 'explode'/,
    );
    expect(() => parseFaults('cut later=5', ';')).toThrow(/takes 'after=NUMBER'/);
    expect(() => parseFaults('hang 5', ';')).toThrow(/takes 'times=NUMBER'/);
  });

  test('on embeddings and models too', async () => {
    const headers = { 'x-simulate': '429' };
    await expect(client.models.list({ headers })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(client.embeddings.create({ model: 'sim-embedding+429', input: 'x' })).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    );
  });
});

describe('requests are observed', () => {
  test('a client that leaves mid-stream, with the chunks it was sent', async () => {
    const stream = await client.chat.completions.create({
      ...ask('Tell me about rivers', 'sim-small+slow-tokens:10'),
      stream: true,
    });
    const taken: unknown[] = [];
    for await (const chunk of stream) if (taken.push(chunk) === 3) break;
    const record = await waitFor('the abort to arrive', () => simulator.requests().find((found) => found.clientLeft));
    expect(record.outcome).toBe('client_left');
    expect(record.chunksSent).toBeGreaterThanOrEqual(3);
    expect(record.chunksSent).toBeLessThan(20);
  });

  test('a client that leaves before the first byte', async () => {
    const leaving = new AbortController();
    const asked = client.chat.completions.create(ask('Hi', 'sim-small+hang'), { signal: leaving.signal });
    asked.catch(() => {});
    await waitFor('the request to arrive', () => simulator.requests()[0]?.faults.includes('hang'));
    leaving.abort();
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    const record = await waitFor('the abort to arrive', () => simulator.requests().find((found) => found.clientLeft));
    expect(record).toMatchObject({ outcome: 'client_left', status: null, chunksSent: 0 });
  });

  test('over HTTP, with body and headers, until cleared', async () => {
    await post(JSON.stringify({ ...ask('Hi'), unknown_field: { kept: true } }), { 'x-trace': 'abc' });
    const seen = (await (await own('/_simulator/requests')).json()) as { total: number; requests: unknown[] };
    expect(seen.total).toBe(1);
    expect(seen.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      model: 'sim-small',
      outcome: 'answered',
      clientLeft: false,
      headers: { authorization: 'Bearer sim-test', 'x-trace': 'abc' },
      body: { unknown_field: { kept: true } },
    });
    await own('/_simulator/requests', { method: 'DELETE' });
    expect(await (await own('/_simulator/requests')).json()).toEqual({ total: 0, requests: [] });
  });
});

describe('models and embeddings', () => {
  test('lists its models and knows any other sim- name', async () => {
    const listed = await collect(client.models.list());
    expect(listed.map((model) => model.id)).toEqual(MODELS.map((model) => model.id));
    expect(await client.models.retrieve('sim-other')).toMatchObject({ id: 'sim-other', object: 'model' });
    await expect(client.models.retrieve('gpt-4o')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('embeddings are unit vectors, the same in both encodings, closer for texts that share words', async () => {
    const input = ['red apples and pears', 'red apples and plums', 'a motor boat at sea'];
    const { data, usage } = await client.embeddings.create({ model: 'sim-embedding', input });
    const floats = await client.embeddings.create({ model: 'sim-embedding', input, encoding_format: 'float' });
    const dot = (a: number, b: number) =>
      (data[a]?.embedding ?? []).reduce((sum, value, at) => sum + value * (data[b]?.embedding[at] ?? 0), 0);
    expect(data.map((found) => found.embedding.length)).toEqual([256, 256, 256]);
    expect(dot(0, 0)).toBeCloseTo(1, 5);
    expect(dot(0, 1)).toBeGreaterThan(dot(0, 2) + 0.3);
    expect(data[0]?.embedding[7]).toBeCloseTo(floats.data[0]?.embedding[7] as number, 6);
    expect(usage.prompt_tokens).toBeGreaterThan(8);
  });

  test('embeddings keep to the dimensions asked for and refuse empty input', async () => {
    const { data } = await client.embeddings.create({ model: 'sim-embedding', input: [1234, 99], dimensions: 32 });
    expect(data[0]?.embedding).toHaveLength(32);
    await expect(client.embeddings.create({ model: 'sim-embedding', input: '' })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
  });
});

test('the page says what it is and lists every model and fault', async () => {
  const page = await (await own('/')).text();
  expect(page).toContain('This is not an AI model.');
  for (const name of [...Object.keys(FAULTS), ...MODELS.map((model) => model.id)])
    expect(page).toContain(`<code>${name}`);
});
