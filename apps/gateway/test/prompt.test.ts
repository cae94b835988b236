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
const stagedId = newId();

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
  const once = api(lab, 'once', {
    kind: 'prompt',
    promptVersionId: newId(),
    definition: { ...PROMPT, output: { kind: 'json', schema, repair: false } },
  });
  model(lab, target.id, 'other');
  const staged = { ...PROMPT, messages: [{ role: 'user' as const, text: 'Staged for {{name}}.' }] };
  const others = [{ promptVersionId: stagedId, number: 2, labels: ['staging', 'closed'], definition: staged }];
  const offered = { kind: 'prompt' as const, promptVersionId, definition: PROMPT, others };
  const withPolicies = (name: string, policies: object) => {
    const made = api(lab, name, offered);
    for (const version of made.versions) version.policies = { ...policies };
    return made;
  };
  const labelled = withPolicies('labelled', { promptLabels: { allow: ['staging', 'missing'] } });
  const tried = withPolicies('tried', {
    promptLabels: { allow: ['staging'] },
    experiment: {
      by: { on: 'variable', name: 'name' },
      variants: [
        { name: 'old', weight: 5000 },
        { name: 'new', promptVersion: 2, model: 'other', weight: 5000 },
      ],
    },
  });
  const gone = withPolicies('gone', {
    experiment: {
      variants: [
        { name: 'version', promptVersion: 9, weight: 5000 },
        { name: 'model', model: 'nowhere', weight: 5000 },
      ],
    },
  });
  const key = apiKey();
  secret = key.secret;
  await publishTenant(world.redis, lab.doc);
  await publishApplication(
    world.redis,
    application(
      [text, json, once, labelled, tried, gone].map((one) => subscription(lab, one)),
      [key.entry],
    ),
  );
});
beforeEach(() => {
  backend.received.length = 0;
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

function ask(
  name: string,
  variables: unknown,
  accept = 'application/json',
  more: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${world.url}/${slug}/${name}/v1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', accept, ...more },
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

  it('asks once more for JSON that does not fit, then refuses, says where, and counts both answers', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('{"ok": "yes"}')));
    const answer = await ask('judge', { name: 'Ada' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      code: 'output_schema_failed',
      title: expect.stringContaining('/ok must be boolean'),
    });
    expect(backend.received).toHaveLength(2);
    const { messages } = JSON.parse(backend.received[1]?.body.toString() ?? '');
    expect(messages.slice(-2)).toEqual([
      { role: 'assistant', content: '{"ok": "yes"}' },
      { role: 'user', content: expect.stringContaining('/ok must be boolean') },
    ]);
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
      code: 'output_schema_failed',
      outputCheck: 'failed',
      attempts: 2,
      inputTokens: 40,
      outputTokens: 20,
      costNano: String(2 * (20 * 2000 + 10 * 8000 + 5)),
    });
  });

  it('answers with what the model writes when asked once more', async () => {
    let asked = 0;
    backend.behave((_received, response) =>
      sendJson(response, 200, completion(asked++ === 0 ? 'Sure! {"ok": true}' : '{"ok": true}')),
    );
    const answer = await ask('judge', { name: 'Ada' });
    expect(await answer.json()).toMatchObject({ output: { ok: true }, usage: { inputTokens: 40, outputTokens: 20 } });
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
      outputCheck: 'repaired',
      attempts: 2,
      code: null,
    });
  });

  it('keeps what the first answer took when the provider fails at the second, and tells that failure', async () => {
    let asked = 0;
    backend.behave((_received, response) =>
      asked++ === 0 ? sendJson(response, 200, completion('no')) : sendJson(response, 500, { error: { message: 'x' } }),
    );
    const answer = await ask('judge', { name: 'Ada' });
    expect(await answer.json()).toMatchObject({ code: 'upstream_unreachable' });
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({
      outputCheck: 'failed',
      inputTokens: 20,
      outputTokens: 10,
    });
  });

  it('asks no second time where the prompt forbids it', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('no')));
    expect((await ask('once', { name: 'Ada' })).status).toBe(502);
    expect(backend.received).toHaveLength(1);
  });

  it('serves a label where the publisher opens it, and refuses every other', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('Hi.')));
    const answer = await ask('labelled', { name: 'Ada' }, 'application/json', { 'x-parley-prompt-label': 'staging' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(backend.received[0]?.body.toString() ?? '').messages).toEqual([
      { role: 'user', content: 'Staged for Ada.' },
    ]);
    expect((await world.event(answer.headers.get('x-request-id'))).promptVersionId).toBe(stagedId);
    for (const label of ['production', 'closed', '#2', '']) {
      const refused = await ask('labelled', { name: 'Ada' }, 'application/json', { 'x-parley-prompt-label': label });
      expect(await refused.json(), label).toMatchObject({ code: 'prompt_label_refused', status: 400 });
    }
    expect(backend.received).toHaveLength(1);
  });

  it('tries versions and models against each other by a variable, the same for the same value', async () => {
    backend.behave((_received, response) => sendJson(response, 200, completion('Hi.')));
    const names = Array.from({ length: 40 }, (_, at) => `n${at % 20}`);
    const answers = await Promise.all(names.map((name) => ask('tried', { name })));
    const events = await Promise.all(answers.map(({ headers }) => world.event(headers.get('x-request-id'))));
    const seen = new Map<string, string>();
    for (const [at, event] of events.entries()) {
      const name = names[at] as string;
      expect(seen.get(name) ?? event.variant).toBe(event.variant);
      seen.set(name, event.variant ?? '');
      expect(event).toMatchObject(
        event.variant === 'new' ? { promptVersionId: stagedId, model: 'other' } : { promptVersionId, model: 'fast' },
      );
    }
    expect(new Set(seen.values())).toEqual(new Set(['old', 'new']));
    const apart = await ask('tried', { name: 'n1' }, 'application/json', { 'x-parley-prompt-label': 'staging' });
    expect((await world.event(apart.headers.get('x-request-id'))).variant).toBeUndefined();
  });

  it('refuses a variant whose version or model is gone, rather than serve something else', async () => {
    const answer = await ask('gone', { name: 'Ada' });
    expect(await answer.json()).toMatchObject({ code: 'provider_unconfigured' });
    expect((await world.event(answer.headers.get('x-request-id'))).variant).toMatch(/^(version|model)$/);
    expect(backend.received).toHaveLength(0);
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
