import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, PROMPT, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
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
const promptVersionId = newId();

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream(() => {});
  slug = `pro-${newId().slice(-8)}`;
  const lab = publisher(slug);
  const target = provider(lab, `${backend.url}/v1`);
  model(lab, target.id, 'fast');
  const text = api(lab, 'greet', { kind: 'prompt', promptVersionId, definition: PROMPT });
  const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
  const json = api(lab, 'judge', {
    kind: 'prompt',
    promptVersionId: newId(),
    definition: { ...PROMPT, output: { kind: 'json', schema } },
  });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, lab.doc);
  await publishApplication(world.redis, application([subscription(lab, text), subscription(lab, json)], [key.entry]));
});
beforeEach(() => {
  backend.received.length = 0;
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

function ask(name: string, variables: unknown, accept = 'application/json'): Promise<Response> {
  return fetch(`${world.url}/${slug}/${name}/v1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', accept },
    body: JSON.stringify(variables),
  });
}
const eventsOf = (text: string) =>
  text
    .trim()
    .split('\n\n')
    .map((block) => {
      const [name = '', data = ''] = block.split('\n');
      return [name.replace('event: ', ''), JSON.parse(data.replace('data: ', ''))];
    });

describe('prompt endpoint', () => {
  it('fills the prompt in one pass and answers text with usage', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('Hello, Ada.')));
    const answer = await ask('greet', { name: '{{tone}} Ada' });
    expect(answer.status).toBe(200);
    const requestId = answer.headers.get('x-request-id');
    expect(await answer.json()).toEqual({
      id: requestId,
      output: 'Hello, Ada.',
      model: 'fast',
      usage: { inputTokens: 20, outputTokens: 10 },
      finishReason: 'stop',
    });
    expect(JSON.parse(backend.received[0]?.body.toString() ?? '')).toEqual({
      model: 'real-fast',
      messages: [
        { role: 'system', content: 'You are brief.' },
        { role: 'user', content: 'Say hello to {{tone}} Ada (kind).' },
      ],
      temperature: 0.2,
      max_tokens: 50,
    });
    expect(await world.event(requestId)).toMatchObject({
      kind: 'prompt',
      promptVersionId,
      model: 'fast',
      usageSource: 'provider',
      costNano: String(20 * 2000 + 10 * 8000 + 5),
    });
  });

  it('answers JSON that fits the schema as JSON', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('{"ok": true}')));
    const answer = await ask('judge', { name: 'Ada' });
    expect(((await answer.json()) as { output: unknown }).output).toEqual({ ok: true });
    expect(JSON.parse(backend.received[0]?.body.toString() ?? '').response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'output', schema: { required: ['ok'] } },
    });
  });

  it('refuses JSON that does not fit, and says where', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('{"ok": "yes"}')));
    const answer = await ask('judge', { name: 'Ada' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      code: 'output_schema_failed',
      title: expect.stringContaining('/ok must be boolean'),
    });
  });

  it('streams deltas and ends with the whole answer', async () => {
    backend.behave((_received, response) => sendStream(response, streamEvents(['Hel', 'lo, Ada.'])));
    const answer = await ask('greet', { name: 'Ada' }, 'text/event-stream');
    expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = eventsOf(await answer.text());
    expect(events.slice(0, -1).map(([name]) => name)).toEqual(events.slice(0, -1).map(() => 'delta'));
    expect(
      events
        .slice(0, -1)
        .map(([, data]) => data.text)
        .join(''),
    ).toBe('Hello, Ada.');
    expect(events.at(-1)).toEqual([
      'done',
      expect.objectContaining({
        output: 'Hello, Ada.',
        finishReason: 'stop',
        usage: { inputTokens: 20, outputTokens: 10 },
      }),
    ]);
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
      kind: 'prompt',
      stream: true,
      code: null,
    });
  });

  it('ends a stream that is cut with a problem instead of an answer', async () => {
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(streamEvents(['Hel']).slice(0, 2).join(''));
      setImmediate(() => response.destroy());
    });
    const events = eventsOf(await (await ask('greet', { name: 'Ada' }, 'text/event-stream')).text());
    expect(events.at(-1)).toEqual(['error', expect.objectContaining({ code: 'upstream_cut', status: 502 })]);
    expect(events.map(([name]) => name)).not.toContain('done');
  });

  it('ends a stream whose text does not fit the schema with a problem', async () => {
    backend.behave((_received, response) => sendStream(response, streamEvents(['nonsense'])));
    const events = eventsOf(await (await ask('judge', { name: 'Ada' }, 'text/event-stream')).text());
    expect(events.at(-1)).toEqual(['error', expect.objectContaining({ code: 'output_schema_failed' })]);
  });
});
