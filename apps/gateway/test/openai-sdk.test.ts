import { newId } from '@parley/kernel/id';
import { newSecretToken } from '@parley/kernel/secret-token';
import { waitFor } from '@parley/testkit/wait-for';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  chunk,
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let client: OpenAI;
let limited: OpenAI;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream(() => {});
  const lab = publisher(`sdk-${newId().slice(-8)}`);
  const target = provider(lab, `${backend.url}/v1`);
  model(lab, target.id, 'fast');
  const llm = api(lab, 'models', { kind: 'llm', models: ['fast'] });
  const tight = api(lab, 'tight', { kind: 'llm', models: ['fast'] }, [{ requests: 1, windowSeconds: 3600 }]);
  const key = apiKey();
  const tightKey = apiKey();
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
  await publishApplication(world.redis, application([subscription(lab, tight)], [tightKey.entry]));
  client = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: key.secret, maxRetries: 0 });
  limited = new OpenAI({ baseURL: `${world.url}/${lab.doc.slug}/tight/v1`, apiKey: tightKey.secret, maxRetries: 0 });
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave((_received, response) => sendJson(response, 200, completion('Hello!')));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const messages = [{ role: 'user' as const, content: 'Hi' }];

describe('the openai SDK with only base URL and key changed', () => {
  it('chats', async () => {
    const answer = await client.chat.completions.create({ model: 'fast', messages });
    expect(answer.choices[0]?.message.content).toBe('Hello!');
    expect(answer.model).toBe('fast');
    expect(answer._request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('streams, with usage when asked', async () => {
    backend.behave((_received, response) => sendStream(response, streamEvents(['Hel', 'lo'])));
    const stream = await client.chat.completions.create({
      model: 'fast',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let tokens = 0;
    for await (const event of stream) {
      text += event.choices[0]?.delta.content ?? '';
      tokens = event.usage?.total_tokens ?? tokens;
    }
    expect([text, tokens]).toEqual(['Hello', 30]);
  });

  it('runs tools over its own streaming helper', async () => {
    let round = 0;
    backend.behave((_received, response) => {
      if (round++ > 0) return sendStream(response, streamEvents(['It is 21 degrees.']));
      const call = (part: object) => chunk({ tool_calls: [{ index: 0, ...part }] });
      const events = [
        chunk({ role: 'assistant', content: null }),
        call({ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }),
        call({ function: { arguments: '{"city":' } }),
        call({ function: { arguments: '"Oslo"}' } }),
        chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
      ];
      sendStream(response, [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n']);
    });
    const asked: unknown[] = [];
    const runner = client.chat.completions.runTools({
      model: 'fast',
      messages,
      stream: true,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'Weather of a city.',
            parameters: { type: 'object', properties: { city: { type: 'string' } } },
            parse: JSON.parse,
            function: (input: unknown) => {
              asked.push(input);
              return '21';
            },
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe('It is 21 degrees.');
    expect(asked).toEqual([{ city: 'Oslo' }]);
    expect(backend.received).toHaveLength(2);
  });

  it('aborts, and the provider is let go', async () => {
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(['one']).slice(0, 2).join(''));
    });
    const stream = await client.chat.completions.create({ model: 'fast', messages, stream: true });
    for await (const event of stream) if (event.choices[0]?.delta.content) stream.controller.abort();
    expect(await waitFor('the provider to see the end', () => backend.received[0]?.aborted)).toBe(true);
  });

  it('lists and retrieves models', async () => {
    const list = await client.models.list();
    expect(list.data.map((one) => one.id)).toEqual(['fast']);
    expect((await client.models.retrieve('fast')).object).toBe('model');
    await expect(client.models.retrieve('none')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('throws its own exception classes, with code, param and request id', async () => {
    const stranger = new OpenAI({ baseURL: `${world.url}/v1`, apiKey: newSecretToken('pk_live'), maxRetries: 0 });
    const ask = (sdk: OpenAI, name = 'fast') => sdk.chat.completions.create({ model: name, messages });
    await expect(ask(stranger)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(ask(client, 'none')).rejects.toMatchObject({
      constructor: OpenAI.NotFoundError,
      code: 'model_not_found',
      param: 'model',
      requestID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    await ask(limited);
    await expect(ask(limited)).rejects.toMatchObject({
      constructor: OpenAI.RateLimitError,
      code: 'rate_limit_exceeded',
    });
    backend.behave((_received, response) =>
      sendJson(response, 400, { error: { message: 'no', type: 'invalid_request_error', param: 'top_p', code: 'bad' } }),
    );
    await expect(ask(client)).rejects.toMatchObject({
      constructor: OpenAI.BadRequestError,
      param: 'top_p',
      code: 'bad',
    });
    backend.behave((_received, response) => sendJson(response, 500, {}));
    await expect(ask(client)).rejects.toBeInstanceOf(OpenAI.InternalServerError);
  });

  it('throws when a stream is cut, also on its own reading of the error chunk', async () => {
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(['one']).slice(0, 2).join(''));
      setImmediate(() => response.destroy());
    });
    const stream = await client.chat.completions.create({ model: 'fast', messages, stream: true });
    const read = async () => {
      for await (const event of stream) expect(event.object).toBe('chat.completion.chunk');
    };
    await expect(read()).rejects.toMatchObject({ constructor: OpenAI.APIError, code: 'upstream_cut' });
  });

  it('sees limits in the headers it knows', async () => {
    const { response } = await limited.models
      .list()
      .withResponse()
      .catch(() => ({ response: null }));
    expect(response).toBeNull();
    const refused = await fetch(`${limited.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${limited.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', messages }),
    });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(refused.headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+s$/);
  });
});
