import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, PROVIDER_KEY, provider, publisher, subscription } from './documents.ts';
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
let secret: string;
let slug: string;

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
  slug = `lab-${newId().slice(-8)}`;
  const lab = publisher(slug);
  const target = provider(lab, `${backend.url}/v1`);
  model(lab, target.id, 'fast');
  const llm = api(lab, 'models', { kind: 'llm', models: ['fast'] });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, llm)], [key.entry]));
});
beforeEach(() => {
  backend.received.length = 0;
  backend.behave((_received, response) => sendJson(response, 200, completion()));
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

function ask(body: unknown, more: { path?: string; signal?: AbortSignal } = {}): Promise<Response> {
  return fetch(`${world.url}${more.path ?? '/v1/chat/completions'}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(more.signal ? { signal: more.signal } : {}),
  });
}

const messages = [{ role: 'user', content: 'Hi' }];
const eventOf = (answer: Response) => world.event(answer.headers.get('x-request-id'));
/** Data of the events in a stream's text; comments and blank lines left out. */
const dataOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
const json = (text: string) => dataOf(text).map((data) => (data === '[DONE]' ? data : JSON.parse(data)));

describe('chat completion', () => {
  it('sends the client’s body on byte for byte but for the model’s name, with the provider’s key and nothing of the client’s', async () => {
    const body = `{ "model" : "fast", "messages":[{"role":"user","content":"Hi"}], "seed": 12345678901234567890, "unknown":{"b":1,"a":[1.0]}}`;
    expect((await ask(body)).status).toBe(200);
    const [received] = backend.received;
    expect(received?.url).toBe('/v1/chat/completions');
    expect(received?.body.toString()).toBe(body.replace('"fast"', '"real-fast"'));
    expect(received?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(received?.rawHeaders.join(' ')).not.toContain(secret);
    expect(received?.headers['x-forwarded-for']).toBeUndefined();
  });

  it('gives the provider’s answer byte for byte but for the model’s name, and none of its headers', async () => {
    const text = `{"id":"x","object":"chat.completion", "model":"real-fast-2026","choices":[{"index":0,"message":{"role":"assistant","content":"a \\"model\\":\\"real-fast\\""},"finish_reason":"stop","big":12345678901234567890}],"usage":{"prompt_tokens":7,"completion_tokens":3},"system_fingerprint":"fp"}`;
    backend.behave((_received, response) =>
      sendJson(response, 200, text, { 'openai-organization': 'org-secret', 'x-ratelimit-remaining-requests': '41' }),
    );
    const answer = await ask({ model: 'fast', messages });
    expect(await answer.text()).toBe(text.replace('"real-fast-2026"', '"fast"'));
    expect(answer.headers.get('openai-organization')).toBeNull();
    expect(answer.headers.get('x-ratelimit-remaining-requests')).toBeNull();
    expect(await eventOf(answer)).toMatchObject({ providerModel: 'real-fast-2026', model: 'fast' });
  });

  it('records usage and cost to the nano-unit', async () => {
    const usage = {
      prompt_tokens: 1000,
      prompt_tokens_details: { cached_tokens: 400 },
      completion_tokens: 300,
      completion_tokens_details: { reasoning_tokens: 100 },
    };
    backend.behave((_received, response) => sendJson(response, 200, completion('x', { usage })));
    expect(await eventOf(await ask({ model: 'fast', messages }))).toMatchObject({
      kind: 'chat',
      usageSource: 'provider',
      inputTokens: 1000,
      cachedInputTokens: 400,
      outputTokens: 300,
      reasoningTokens: 100,
      costNano: String(600 * 2000 + 400 * 1000 + 200 * 8000 + 100 * 9000 + 5),
      currency: 'USD',
    });
  });

  it('estimates usage a provider leaves out, and says so', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('one two three', { usage: null })));
    const event = await eventOf(await ask({ model: 'fast', messages }));
    expect(event).toMatchObject({ usageSource: 'estimated', outputTokens: 3 });
    expect(event.inputTokens).toBeGreaterThan(3);
  });

  it('works through the API’s own address and by `tenant/model`', async () => {
    expect((await ask({ model: 'fast', messages }, { path: `/${slug}/models/v1/chat/completions` })).status).toBe(200);
    expect((await ask({ model: `${slug}/fast`, messages })).status).toBe(200);
    const list = await fetch(`${world.url}/${slug}/models/v1/models`, { headers: { 'x-api-key': secret } });
    expect(await list.json()).toEqual({
      object: 'list',
      data: [{ id: 'fast', object: 'model', created: 1_700_000_000, owned_by: slug }],
    });
  });

  it('passes a refusal of the provider about the request on, cleaned of its identity', async () => {
    backend.behave((_received, response) =>
      sendJson(response, 400, {
        error: {
          message: `real-fast takes no temperature 9; key sk-prov***4242, ${PROVIDER_KEY}`,
          type: 'invalid_request_error',
          param: 'temperature',
          code: 'bad_value',
          org: 'org-1',
        },
      }),
    );
    const answer = await ask({ model: 'fast', messages });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: Record<string, string> };
    expect(error).toMatchObject({ type: 'invalid_request_error', param: 'temperature', code: 'bad_value' });
    expect(error.message).toContain('fast takes no temperature 9');
    expect(JSON.stringify(error)).not.toMatch(/real-fast|sk-prov|secret|org-1/);
    expect(await eventOf(answer)).toMatchObject({ status: 400, costNano: '0', usageSource: 'none' });
  });

  it.each([
    ['credentials of the publisher', 401, {}, 502, 'upstream_credentials', null],
    ['a forbidden key', 403, {}, 502, 'upstream_credentials', null],
    ['an empty account', 402, {}, 502, 'upstream_credentials', null],
    ['the publisher’s quota', 429, { 'retry-after': '7' }, 503, 'upstream_rate_limited', '7'],
    ['the publisher’s quota in ms', 429, { 'retry-after-ms': '1500' }, 503, 'upstream_rate_limited', '2'],
    ['an unknown model there', 404, {}, 502, 'upstream_invalid', null],
    ['a failure', 500, {}, 502, 'upstream_unreachable', null],
    ['overload', 529, { 'retry-after': '3' }, 502, 'upstream_unreachable', '3'],
    ['a redirect', 307, { location: 'http://127.0.0.1:1/' }, 502, 'upstream_invalid', null],
  ])('does not show %s as the caller’s own', async (_what, theirs, headers, ours, code, retryAfter) => {
    backend.behave((_received, response) => sendJson(response, theirs, { error: { message: 'org-secret' } }, headers));
    const answer = await ask({ model: 'fast', messages });
    expect(answer.status).toBe(ours);
    expect(answer.headers.get('retry-after')).toBe(retryAfter);
    const text = await answer.text();
    expect(JSON.parse(text).error.code).toBe(code);
    expect(text).not.toContain('org-secret');
    expect(backend.received).toHaveLength(1);
  });

  it.each([
    ['a 200 with an error', () => JSON.stringify({ error: { message: 'no' } })],
    ['a web page', () => '<html>Welcome</html>'],
    ['an empty body', () => ''],
    ['no choices at all', () => '{"id":"x"}'],
  ])('refuses %s as an answer', async (_what, body) => {
    backend.behave((_received, response) => sendJson(response, 200, body()));
    const answer = await ask({ model: 'fast', messages });
    expect(answer.status).toBe(502);
    expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('upstream_invalid');
  });

  it('does not stumble over an empty list of choices', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('', { choices: [] })));
    expect((await ask({ model: 'fast', messages })).status).toBe(200);
  });
});

describe('chat stream', () => {
  it('asks the provider for usage, keeps it from a client that did not ask, and maps the model’s name', async () => {
    backend.behave((_received, response) => sendStream(response, streamEvents(['Hel', 'lo'])));
    const answer = await ask({ model: 'fast', messages, stream: true, stream_options: { x: 1 } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    const events = json(await answer.text());
    expect(JSON.parse(backend.received[0]?.body.toString() ?? '').stream_options).toEqual({
      x: 1,
      include_usage: true,
    });
    expect(events).toHaveLength(5);
    for (const event of events.slice(0, -1)) {
      expect(event).not.toHaveProperty('usage');
      expect(event.model).toBe('fast');
    }
    expect(events.at(-1)).toBe('[DONE]');
    expect(await eventOf(answer)).toMatchObject({
      stream: true,
      usageSource: 'provider',
      inputTokens: 20,
      outputTokens: 10,
      costNano: String(20 * 2000 + 10 * 8000 + 5),
    });
    const { ttftUs, upstreamUs, durationUs } = await eventOf(answer);
    expect(ttftUs).toBeGreaterThan(0);
    expect(upstreamUs).toBeGreaterThan(0);
    expect(upstreamUs).toBeLessThanOrEqual(durationUs);
  });

  it('gives usage to a client that asked', async () => {
    backend.behave((_received, response) => sendStream(response, streamEvents(['x'])));
    const answer = await ask({ model: 'fast', messages, stream: true, stream_options: { include_usage: true } });
    const events = json(await answer.text());
    expect(events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 20 } });
    expect(events[0].usage).toBeNull();
    expect(JSON.parse(backend.received[0]?.body.toString() ?? '').stream_options).toEqual({ include_usage: true });
  });

  it('takes the last of running totals on every chunk and strips them without losing content', async () => {
    const events = [1, 2, 3].map((n) =>
      chunk({ content: `${n}` }, { usage: { prompt_tokens: 20, completion_tokens: n } }),
    );
    backend.behave((_received, response) =>
      sendStream(response, [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n']),
    );
    const answer = await ask({ model: 'fast', messages, stream: true });
    const read = json(await answer.text());
    expect(read.slice(0, 3).map((event) => [event.choices[0].delta.content, event.usage])).toEqual([
      ['1', undefined],
      ['2', undefined],
      ['3', undefined],
    ]);
    expect(await eventOf(answer)).toMatchObject({ inputTokens: 20, outputTokens: 3 });
  });

  it('gives the same answer for any chunking, line ending and comment of the provider', async () => {
    const whole = streamEvents(['héllo ', '😀']);
    const bytes = Buffer.from(`: OPENROUTER PROCESSING\n\n${whole.join('')}`.replaceAll('\n', '\r\n'));
    backend.behave(async (_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      for (let i = 0; i < bytes.length; i += 7) {
        response.write(bytes.subarray(i, i + 7));
        if (i % 140 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const text = await (await ask({ model: 'fast', messages, stream: true })).text();
    expect(text).toContain(': OPENROUTER PROCESSING');
    const content = json(text).map((event) => event.choices?.[0]?.delta.content ?? '');
    expect(content.join('')).toBe('héllo 😀');
  });

  it('passes tool calls, empty roles and other choices on untouched', async () => {
    const events = [
      chunk({ role: '', content: null, tool_calls: [] }),
      chunk({ tool_calls: [{ index: 3, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }] }),
      chunk({ tool_calls: [{ index: 3, id: '', function: { arguments: '{"n":12345678901234567890}' } }] }),
      chunk({ content: 'second' }, { choices: [{ index: 1, delta: { content: 'second' }, finish_reason: 'stop' }] }),
      chunk({}, { choices: [] }),
    ];
    backend.behave((_received, response) =>
      sendStream(response, [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), 'data: [DONE]\n\n']),
    );
    const read = json(await (await ask({ model: 'fast', messages, stream: true })).text());
    expect(read.slice(0, 4).map((event) => event.choices)).toEqual(events.slice(0, 4).map((event) => event.choices));
  });

  it.each([
    ['ends without [DONE]', (response: ServerResponse) => response.end()],
    ['breaks the connection', (response: ServerResponse) => void setImmediate(() => response.destroy())],
    ['sends an error', (response: ServerResponse) => response.end('data: {"error":{"message":"secret"}}\n\n')],
    ['sends nonsense', (response: ServerResponse) => response.end('data: {nonsense\n\n')],
  ])('ends as an error, never as a success, when the provider %s in the middle', async (_what, stop) => {
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(['one two three']).slice(0, 2).join(''));
      setImmediate(() => stop(response));
    });
    const answer = await ask({ model: 'fast', messages, stream: true });
    const text = await answer.text();
    const events = json(text);
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('secret');
    expect(events.at(-1)).toMatchObject({
      object: 'chat.completion.chunk',
      id: 'chatcmpl-1',
      model: 'fast',
      choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
      error: { code: 'upstream_cut' },
    });
    expect(await eventOf(answer)).toMatchObject({
      status: 200,
      code: 'upstream_cut',
      abortedBy: 'upstream',
      usageSource: 'estimated',
      outputTokens: 3,
    });
  });

  it.each([
    ['JSON instead of a stream', 'application/json', JSON.stringify(completion())],
    ['a web page', 'text/html', '<html>'],
    ['an empty stream', 'text/event-stream', ''],
    ['an error as first event', 'text/event-stream', 'data: {"error":{"message":"no"}}\n\n'],
  ])('refuses %s while nothing has been promised', async (_what, type, body) => {
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    });
    const answer = await ask({ model: 'fast', messages, stream: true });
    expect(answer.status).toBe(502);
    expect(((await answer.json()) as { error: { code: string } }).error.code).toBe('upstream_invalid');
  });

  it('lets the provider go at once when the client leaves, and counts what was relayed', async () => {
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(['one two three']).slice(0, 2).join(''));
    });
    const leave = new AbortController();
    const answer = await ask({ model: 'fast', messages, stream: true }, { signal: leave.signal });
    await answer.body?.getReader().read();
    leave.abort();
    await waitFor('the provider to see the end', () => backend.received[0]?.aborted);
    expect(await eventOf(answer)).toMatchObject({
      status: 200,
      code: 'client_closed',
      abortedBy: 'client',
      usageSource: 'estimated',
      outputTokens: 3,
    });
  });

  it('lets the provider go when the client leaves before the answer began', async () => {
    const before = world.events().length;
    backend.behave(() => {});
    const leave = new AbortController();
    const asked = ask({ model: 'fast', messages }, { signal: leave.signal });
    await waitFor('the provider to be asked', () => backend.received[0]);
    leave.abort();
    await expect(asked).rejects.toThrow();
    await waitFor('the provider to see the end', () => backend.received[0]?.aborted);
    const event = await waitFor('the event', () =>
      world
        .events()
        .slice(before)
        .find((one) => one.status === 499),
    );
    expect(event).toMatchObject({
      code: 'client_closed',
      abortedBy: 'client',
      usageSource: 'estimated',
      outputTokens: 0,
    });
  });

  it('waits for a slow client instead of filling memory', async () => {
    const piece = `data: ${JSON.stringify(chunk({ content: 'x'.repeat(10_000) }))}\n\n`;
    let written = 0;
    backend.behave(async (_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const closed = once(response, 'close');
      while (written < 100_000_000 && !response.destroyed) {
        written += piece.length;
        if (!response.write(piece)) await Promise.race([once(response, 'drain'), closed]);
      }
    });
    const { connect } = await import('node:net');
    const body = JSON.stringify({ model: 'fast', messages, stream: true });
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1');
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\nx-api-key: ${secret}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    socket.pause();
    let last = -1;
    await waitFor(
      'the provider to be held back',
      () => {
        const still = written > 0 && written === last;
        last = written;
        return still;
      },
      { everyMs: 300, timeoutMs: 20_000 },
    );
    expect(written).toBeLessThan(30_000_000);
    socket.destroy();
    await waitFor('the provider to see the end', () => backend.received[0]?.aborted);
  }, 30_000);
});
