import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { startChild } from '@parley/testkit/child';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ContextWorker, startContextWorker } from './context-world.ts';
import { api, apiKey, application, formatted, model, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import {
  type Behaviour,
  chunk,
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from './upstream-server.ts';
import { openWorld, testRedisUrl, type World } from './world.ts';

/** docs/context-protocol.md through real gateways, Redis and PostgreSQL; tests name its paragraphs. */
let here: World;
let there: World;
let worker: ContextWorker;
let backend: UpstreamServer;
let claude: UpstreamServer;

interface Said {
  readonly role: string;
  readonly content: unknown;
}
interface Turn {
  readonly id: string;
  readonly sequence: number;
  readonly state: string;
  readonly model: string | null;
  readonly messages: readonly { readonly role: string; readonly parts: readonly { kind: string; text?: string }[] }[];
}
type Json = Record<string, unknown>;

const lastText = (body: Buffer): string => {
  const { messages = [] } = JSON.parse(body.toString()) as { messages?: Said[] };
  const content = messages.at(-1)?.content;
  return typeof content === 'string' ? content : JSON.stringify(content);
};

/** Answers with what it was asked last, whole or as a stream. */
const echo: Behaviour = (received, response) => {
  const { stream } = JSON.parse(received.body.toString()) as { stream?: boolean };
  const text = `answer to ${lastText(received.body)}`;
  if (stream) sendStream(response, streamEvents([text.slice(0, 5), text.slice(5)]));
  else sendJson(response, 200, completion(text));
};

const claudeAnswer = (text: string): Json => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 9, output_tokens: 3 },
});

beforeAll(async () => {
  worker = startContextWorker();
  [here, there] = [await openWorld({ contexts: { waitMs: 2500 } }), await openWorld({ contexts: { waitMs: 2500 } })];
  worker.follow(here.jobs.jobs);
  worker.follow(there.jobs.jobs);
  backend = await startUpstream(echo);
  claude = await startUpstream((_received, response) => sendJson(response, 200, claudeAnswer('from Claude')));
});
beforeEach(() => {
  worker.running = true;
  backend.behave(echo);
});
afterAll(async () => {
  await Promise.all([here.close(), there.close()]);
  await worker.close();
  await backend.close();
  await claude.close();
});

/** An application with two publishers' models: one OpenAI's, one Anthropic's. */
async function lab() {
  const [one, two] = [publisher(`one-${newId().slice(-8)}`), publisher(`two-${newId().slice(-8)}`)];
  const own = publisher(`own-${newId().slice(-8)}`);
  const openai = provider(one, `${backend.url}/v1`).id;
  model(one, openai, 'fast');
  model(one, openai, 'small', { contextTokens: 400 });
  const first = api(one, 'models', { kind: 'llm', models: ['fast', 'small'] });
  Object.assign(first.versions[0] ?? {}, { policies: { idempotency: {} } });
  model(two, formatted(two, 'anthropic', claude.url).id, 'sonnet', { providerModel: 'claude-sonnet-4-5' });
  const second = api(two, 'models', { kind: 'llm', models: ['sonnet'] });
  const keys = [apiKey(), apiKey()];
  const entry = (at: number) => (keys[at] ?? apiKey()).entry;
  const subscriptions = [subscription(one, first), subscription(two, second)];
  const caller = { ...application(subscriptions, [entry(0)]), tenantId: own.doc.tenantId };
  const neighbour = { ...application(subscriptions, [entry(1)]), tenantId: own.doc.tenantId };
  for (const { doc } of [one, two, own]) await publishTenant(here.redis, doc);
  for (const doc of [caller, neighbour]) await publishApplication(here.redis, doc);
  const secret = keys[0]?.secret ?? '';

  const send = (method: string, path: string, body?: unknown, more: Record<string, string> = {}, at = here) =>
    fetch(`${at.url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...more },
    });
  const json = async (answer: Promise<Response>): Promise<Json> => (await (await answer).json()) as Json;
  const open = async (settings: object = {}): Promise<string> =>
    (await json(send('POST', '/v1/sessions', settings)))['id'] as string;
  const chat = (id: string, text: string, more: Json = {}, at = here, headers: Record<string, string> = {}) =>
    send(
      'POST',
      '/v1/chat/completions',
      { model: 'fast', messages: [{ role: 'user', content: text }], ...more },
      { 'x-context-id': id, ...headers },
      at,
    );
  const ask = async (id: string, text: string, more: Json = {}, at = here): Promise<Response> => {
    const answer = await chat(id, text, more, at);
    expect(answer.status, await answer.clone().text()).toBe(200);
    await answer.text();
    return answer;
  };
  const turns = async (id: string, at = here): Promise<Turn[]> =>
    (await json(send('GET', `/v1/sessions/${id}/turns`, undefined, {}, at)))['data'] as Turn[];
  const texts = async (id: string, at = here): Promise<string[]> =>
    (await turns(id, at)).flatMap(({ messages }) =>
      messages.flatMap(({ parts }) => parts.map(({ text }) => text ?? '')),
    );
  const rows = (id: string): Promise<Json[]> =>
    worker.pool
      .query<Json>(
        'SELECT id, state, sequence::int, sealed FROM session_turns WHERE session_id = $1 ORDER BY sequence',
        [id.slice(4)],
      )
      .then((found) => found.rows);
  const forget = (id: string): Promise<number> => here.redis.del(redisKeys.contextSession(id.slice(4)));
  return { send, json, open, chat, ask, turns, texts, rows, forget, neighbourSecret: keys[1]?.secret ?? '', own, one };
}

const bodyOf = (server: UpstreamServer): Json => JSON.parse(server.received.at(-1)?.body.toString() ?? '{}') as Json;
const said = (server: UpstreamServer): Said[] => (bodyOf(server)['messages'] ?? []) as Said[];

it('CP-1.2, CP-3.5, CP-6.1, CP-8.1: goes on from OpenAI chat to Anthropic messages with another maker, memory intact', async () => {
  const { open, ask, send, turns, texts, rows } = await lab();
  const id = await open({ system: 'You are a clerk.', persona: 'Kind.' });
  const first = await ask(id, 'My name is Ada.', {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'My name is Ada.' },
    ],
  });
  expect(first.headers.get('x-context-id')).toBe(id);
  expect(first.headers.get('x-context-used')).toMatch(/^turns=0; left_out=0; tokens=\d+$/);
  expect(said(backend).map(({ content }) => content)).toEqual([
    'You are a clerk.',
    'Kind.',
    'Be brief.',
    'My name is Ada.',
  ]);
  await ask(id, 'I like tea.', { stream: true });
  const messages = await send(
    'POST',
    '/v1/messages',
    {
      model: 'sonnet',
      max_tokens: 50,
      system: 'Answer in one word.',
      messages: [{ role: 'user', content: 'Who am I?' }],
    },
    { 'x-context-id': id, 'anthropic-version': '2023-06-01' },
    there,
  );
  expect(messages.status).toBe(200);
  expect(await messages.json()).toMatchObject({ content: [{ type: 'text', text: 'from Claude' }] });
  const { system } = bodyOf(claude) as { system: { text: string }[] };
  expect(system.map(({ text }) => text)).toEqual(['You are a clerk.', 'Kind.', 'Answer in one word.']);
  const told = said(claude).map(({ role, content }) => [
    role,
    typeof content === 'string' ? content : (content as { text: string }[])[0]?.text,
  ]);
  expect(told).toEqual([
    ['user', 'My name is Ada.'],
    ['assistant', 'answer to My name is Ada.'],
    ['user', 'I like tea.'],
    ['assistant', 'answer to I like tea.'],
    ['user', 'Who am I?'],
  ]);
  const responses = await send(
    'POST',
    '/v1/responses',
    { model: 'fast', input: 'And now?', stream: true },
    { 'x-context-id': id },
  );
  expect(await responses.text()).toContain('response.completed');
  expect(said(backend).at(-2)).toMatchObject({ role: 'assistant', content: 'from Claude' });
  const all = await turns(id, there);
  expect(all.map(({ state, model: by }) => [state, by])).toEqual([
    ['complete', 'fast'],
    ['complete', 'fast'],
    ['complete', 'sonnet'],
    ['complete', 'fast'],
  ]);
  expect(all[0]?.id).toBe(first.headers.get('x-request-id'));
  expect((await texts(id)).join('|')).not.toContain('Be brief.');
  const stored = await waitFor('the turns in PostgreSQL', async () => {
    const found = await rows(id);
    return found.length === 4 && found.every(({ state }) => state === 'complete') ? found : undefined;
  });
  expect(stored.map(({ id: turnId }) => turnId)).toEqual(all.map((turn) => turn.id));
  for (const { sealed } of stored) expect((sealed as Buffer).toString('latin1')).not.toMatch(/Ada|tea|Claude/);
  const hot = await here.redis.hgetallBuffer(redisKeys.contextSession(id.slice(4)));
  expect(Object.values(hot).map(String).join()).not.toMatch(/Ada|clerk/);
});

it('CP-4.1: works at an API’s own address and for Gemini’s clients', async () => {
  const { open, send, ask, one } = await lab();
  const id = await open();
  await ask(id, 'first');
  const address = `/${one.doc.slug}/models/v1`;
  const own = await send(
    'POST',
    `${address}/chat/completions`,
    { model: 'fast', messages: [{ role: 'user', content: 'second' }] },
    { 'x-context-id': id },
  );
  await own.text();
  expect(said(backend).map(({ content }) => content)).toEqual(['first', 'answer to first', 'second']);
  const body = {
    contents: [{ role: 'user', parts: [{ text: 'third' }] }],
    systemInstruction: { parts: [{ text: 'G' }] },
  };
  const gemini = await send('POST', '/v1beta/models/fast:generateContent', body, { 'x-context-id': id });
  expect(gemini.status).toBe(200);
  expect(said(backend).map(({ content }) => content)).toEqual([
    'G',
    'first',
    'answer to first',
    'second',
    'answer to second',
    'third',
  ]);
});

it('CP-7.1, CP-3.4: what two parties say at once is kept whole, once, and in one order', async () => {
  const { open, ask, turns, rows, send } = await lab();
  const id = await open();
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, i) => ask(id, `call ${i}`, { stream: i % 2 === 0 }, i % 3 === 0 ? here : there)),
  );
  const appended = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      send(
        'POST',
        `/v1/sessions/${id}/turns`,
        { messages: [{ role: 'user', content: `note ${i}` }] },
        {},
        i % 2 ? here : there,
      ),
    ),
  );
  expect(appended.map(({ status }) => status)).toEqual(Array(6).fill(201));
  const all = await turns(id);
  expect(all).toHaveLength(30);
  expect(new Set(all.map(({ sequence }) => sequence)).size).toBe(30);
  expect(all.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence).sort((a, b) => a - b));
  const ids = all.map((turn) => turn.id);
  for (const answer of answers) expect(ids).toContain(answer.headers.get('x-request-id'));
  expect((await turns(id, there)).map((turn) => turn.id)).toEqual(ids);
  for (const turn of all.filter(({ model: by }) => by !== null)) {
    const [question, answer] = turn.messages.map(({ parts }) => parts[0]?.text);
    expect(answer).toBe(`answer to ${question}`);
  }
  const stored = await waitFor('all in PostgreSQL', async () => {
    const found = await rows(id);
    return found.length === 30 && found.every(({ state }) => state === 'complete') ? found : undefined;
  });
  expect(stored.map(({ id: turnId }) => turnId)).toEqual(ids);
});

it('CP-8.4: Redis emptied loses nothing and doubles nothing; without the worker a call is refused, never made without its context', async () => {
  const { open, ask, chat, texts, turns, rows, forget, send } = await lab();
  const id = await open({ title: 'T' });
  await ask(id, 'one');
  await ask(id, 'two', {}, there);
  await waitFor(
    'both in PostgreSQL',
    async () => (await rows(id)).filter(({ state }) => state === 'complete').length === 2,
  );
  const before = await turns(id);
  worker.running = false;
  await forget(id);
  const made = backend.received.length;
  const refused = await chat(id, 'three');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('2');
  expect(await refused.json()).toMatchObject({ error: { code: 'context_unavailable' } });
  expect(backend.received.length).toBe(made);
  worker.running = true;
  // At once at both, while the worker brings it back.
  await Promise.all([ask(id, 'three', {}, here), ask(id, 'four', {}, there)]);
  const after = await turns(id);
  expect(after.slice(0, 2)).toEqual(before);
  expect(after[2]?.sequence).toBeGreaterThan(before[1]?.sequence ?? 0);
  expect((await texts(id)).filter((text) => !text.startsWith('answer')).sort()).toEqual([
    'four',
    'one',
    'three',
    'two',
  ]);
  expect(await (await send('GET', `/v1/sessions/${id}`)).json()).toMatchObject({ title: 'T', turns: 4 });
});

it('CP-8.5: a turn that comes to the durable store after a loss takes its place', async () => {
  const { open, ask, turns, forget, rows } = await lab();
  const id = await open();
  await ask(id, 'one');
  await waitFor('it in PostgreSQL', async () => (await rows(id))[0]?.['state'] === 'complete');
  worker.running = false;
  await ask(id, 'late');
  await forget(id);
  worker.running = true;
  await ask(id, 'after the loss');
  const all = await waitFor('all three', async () => {
    const found = await turns(id);
    return found.length === 3 ? found : undefined;
  });
  expect(all.map(({ messages }) => messages[0]?.parts[0]?.text)).toEqual(['one', 'late', 'after the loss']);
});

it('CP-2.2, CP-10.2: for other applications, of the same tenant and of others, a session does not exist', async () => {
  const { open, ask, send, json, neighbourSecret } = await lab();
  const stranger = await lab();
  const id = await open();
  await ask(id, 'secret');
  const neighbour = { authorization: `Bearer ${neighbourSecret}` };
  const paths: [string, string, unknown][] = [
    ['GET', `/v1/sessions/${id}`, undefined],
    ['PATCH', `/v1/sessions/${id}`, { title: 'mine' }],
    ['DELETE', `/v1/sessions/${id}`, undefined],
    ['GET', `/v1/sessions/${id}/turns`, undefined],
    ['POST', `/v1/sessions/${id}/turns`, { messages: [{ role: 'user', content: 'x' }] }],
    ['POST', `/v1/sessions/${id}/preview`, { messages: [], window: 1000 }],
    ['POST', '/v1/chat/completions', { model: 'fast', messages: [{ role: 'user', content: 'x' }] }],
  ];
  const made = backend.received.length;
  for (const [method, path, body] of paths) {
    for (const answer of [
      await send(method, path, body, { 'x-context-id': id, ...neighbour }),
      await stranger.send(method, path, body, { 'x-context-id': id }, there),
    ]) {
      expect(answer.status, `${method} ${path}`).toBe(404);
      expect(await answer.text()).toContain('context_not_found');
    }
  }
  expect(backend.received.length).toBe(made);
  const old = 'ses_01890a5d-ac96-774b-bcce-b302099a8057';
  expect((await send('GET', `/v1/sessions/${old}`)).status).toBe(404);
  expect((await send('GET', '/v1/sessions/nonsense')).status).toBe(404);
  const listed = await waitFor('the list', async () => {
    const { data } = (await json(send('GET', '/v1/sessions'))) as { data: Json[] };
    return data.length === 1 ? data : undefined;
  });
  expect(listed[0]).toMatchObject({ id, object: 'session' });
  expect(await json(send('GET', '/v1/sessions', undefined, neighbour))).toMatchObject({ data: [], next_before: null });
});

it('CP-3.2, CP-3.6: of an answer that breaks off what was said is kept and marked; a call without an answer leaves nothing', async () => {
  const { open, chat, turns, ask } = await lab();
  const id = await open();
  backend.behave((_received, response) =>
    sendJson(response, 400, { error: { message: 'no', type: 'invalid_request_error' } }),
  );
  expect((await chat(id, 'refused')).status).toBe(400);
  backend.behave((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'Half an' })];
    response.write(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), () => response.destroy());
  });
  await (await chat(id, 'cut', { stream: true })).text();
  backend.behave((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(chunk({ role: 'assistant', content: 'A few words' }))}\n\n`);
  });
  const answer = await chat(id, 'left', { stream: true });
  const reader = answer.body?.getReader();
  await reader?.read();
  expect((await turns(id)).at(-1)?.state).toBe('open');
  await reader?.cancel();
  const all = await waitFor('the turn to end', async () => {
    const found = await turns(id);
    return found.at(-1)?.state === 'cut' ? found : undefined;
  });
  expect(all.map(({ state, messages }) => [state, messages.map(({ parts }) => parts[0]?.text)])).toEqual([
    ['cut', ['cut', 'Half an']],
    ['cut', ['left', 'A few words']],
  ]);
  backend.behave(echo);
  const next = await ask(id, 'go on');
  expect(next.headers.get('x-context-used')).toMatch(/^turns=2; left_out=0/);
});

it('CP-3.6: an answer given again for its Idempotency-Key makes no second turn', async () => {
  const { open, chat, turns } = await lab();
  const id = await open();
  const key = { 'idempotency-key': newId() };
  const first = await (await chat(id, 'once', {}, here, key)).text();
  const again = await chat(id, 'once', {}, there, key);
  expect(await again.text()).toBe(first);
  expect(await turns(id)).toHaveLength(1);
});

it('CP-6.6: a tool call in one dialect is answered in another, and one that nobody answered is not sent', async () => {
  const { open, chat, send, ask } = await lab();
  const id = await open();
  const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }];
  backend.behave((_received, response) =>
    sendJson(
      response,
      200,
      completion('', {
        choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls }, finish_reason: 'tool_calls' }],
      }),
    ),
  );
  await (await chat(id, 'Weather in Rome?')).text();
  const result = [{ type: 'tool_result', tool_use_id: 'call_1', content: '31 degrees' }];
  const answer = await send(
    'POST',
    '/v1/messages',
    {
      model: 'sonnet',
      max_tokens: 50,
      tools: [{ name: 'weather', input_schema: { type: 'object' } }],
      messages: [{ role: 'user', content: result }],
    },
    { 'x-context-id': id, 'anthropic-version': '2023-06-01' },
  );
  expect(answer.status, await answer.clone().text()).toBe(200);
  await answer.text();
  expect(said(claude).slice(1)).toMatchObject([
    { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Rome' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1' }] },
  ]);
  await (await chat(id, 'And in Oslo?')).text();
  backend.behave(echo);
  await ask(id, 'Never mind.');
  const roles = said(backend).map(({ role, ...message }) => ('tool_calls' in message ? 'call' : role));
  expect(roles).toEqual(['user', 'call', 'tool', 'assistant', 'user', 'user']);
});

it('CP-4.4, CP-7.3, CP-5.4: changes and appends hold for the version they name only', async () => {
  const { open, send, json, ask } = await lab();
  const id = await open();
  const etag = (await send('GET', `/v1/sessions/${id}`)).headers.get('etag') ?? '';
  expect(etag).toBe('"1"');
  const note = { messages: [{ role: 'user', content: 'n' }] };
  const both = await Promise.all(
    [here, there].map((at) => send('POST', `/v1/sessions/${id}/turns`, note, { 'if-match': etag }, at)),
  );
  expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 412]);
  expect(await both.find(({ status }) => status === 412)?.json()).toMatchObject({ code: 'context_changed' });
  expect((await send('PATCH', `/v1/sessions/${id}`, { title: 'x' }, { 'if-match': etag })).status).toBe(412);
  expect((await send('DELETE', `/v1/sessions/${id}`, undefined, { 'if-match': etag })).status).toBe(412);
  // Without it: two changes of different members are both kept.
  await Promise.all([
    send('PATCH', `/v1/sessions/${id}`, { title: 'A title' }, {}, here),
    send('PATCH', `/v1/sessions/${id}`, { metadata: { ticket: '7' } }, {}, there),
    ask(id, 'meanwhile'),
  ]);
  expect(await json(send('GET', `/v1/sessions/${id}`))).toMatchObject({
    title: 'A title',
    metadata: { ticket: '7' },
    turns: 2,
  });
  expect(await json(send('PATCH', `/v1/sessions/${id}`, { title: null }))).toMatchObject({ title: '' });
  expect((await send('PATCH', `/v1/sessions/${id}`, { strategy: 'forget' })).status).toBe(400);
  // CP-5.6: the same append again.
  const own = newId();
  const twice = [
    await json(send('POST', `/v1/sessions/${id}/turns`, { id: own, ...note })),
    await json(send('POST', `/v1/sessions/${id}/turns`, { id: own, ...note })),
  ];
  expect(twice[0]).toEqual(twice[1]);
  expect(await json(send('GET', `/v1/sessions/${id}`))).toMatchObject({ turns: 3 });
});

it('CP-2.5, CP-2.6, CP-6.4: archived, full and too small are said before a model is asked', async () => {
  const { open, send, chat, ask } = await lab();
  const id = await open({ strategy: 'none' });
  await ask(id, 'a word '.repeat(300));
  const made = backend.received.length;
  const code = async (answer: Response): Promise<unknown> => ((await answer.json()) as { error: Json }).error['code'];
  const small = await chat(id, 'x', { model: 'small' });
  expect([small.status, await code(small)]).toEqual([400, 'context_overflow']);
  const large = await chat(id, 'x'.repeat(1_100_000).slice(0, 990_000), {});
  expect([large.status, await code(large)]).toEqual([400, 'context_overflow']);
  const long = { messages: [{ role: 'user', content: 'x'.repeat(1_100_000) }] };
  const append = await send('POST', `/v1/sessions/${id}/turns`, long);
  expect([append.status, ((await append.json()) as Json)['code']]).toEqual([409, 'context_full']);
  await send('PATCH', `/v1/sessions/${id}`, { state: 'archived' });
  const archived = await chat(id, 'x');
  expect([archived.status, await code(archived)]).toEqual([409, 'context_archived']);
  expect((await send('POST', `/v1/sessions/${id}/turns`, { messages: [{ role: 'user', content: 'x' }] })).status).toBe(
    409,
  );
  expect(backend.received.length).toBe(made);
  await send('PATCH', `/v1/sessions/${id}`, { state: 'active', strategy: 'sliding' });
  const fitting = await ask(id, 'x', { model: 'small' });
  expect(fitting.headers.get('x-context-used')).toMatch(/^turns=0; left_out=1/);
});

it('CP-5.7: the preview is what is sent, and changes nothing', async () => {
  const { open, send, json, ask, chat } = await lab();
  const id = await open({ system: 'S' });
  for (const text of ['one', 'two']) await ask(id, `${text} ${'word '.repeat(100)}`);
  const messages = [{ role: 'user', content: 'three' }];
  const before = await json(send('GET', `/v1/sessions/${id}`));
  const preview = await json(send('POST', `/v1/sessions/${id}/preview`, { model: 'small', messages }));
  expect(await json(send('GET', `/v1/sessions/${id}`))).toEqual(before);
  const manifest = preview['manifest'] as Json[];
  expect(manifest.map(({ sent, why, message }) => [sent, why, message])).toEqual([
    [false, 'budget', 0],
    [false, 'budget', 1],
    [true, 'recent', 0],
    [true, 'recent', 1],
  ]);
  const answer = await chat(id, 'three', { model: 'small' });
  await answer.text();
  expect(said(backend)).toEqual((preview['request'] as Json)['messages']);
  expect(answer.headers.get('x-context-used')).toBe(`turns=1; left_out=1; tokens=${String(preview['tokens'])}`);
});

it('CP-8.3: a deleted session is gone from both stores, and what comes late is dropped', async () => {
  const { open, ask, send, rows, chat } = await lab();
  const id = await open();
  await ask(id, 'one');
  await waitFor('it in PostgreSQL', async () => (await rows(id)).length === 1);
  worker.running = false;
  await ask(id, 'late');
  expect(await (await send('DELETE', `/v1/sessions/${id}`)).json()).toMatchObject({ id, deleted: true });
  expect((await send('GET', `/v1/sessions/${id}`)).status).toBe(404);
  expect((await chat(id, 'x', {}, there)).status).toBe(404);
  worker.running = true;
  const found = async (): Promise<Json | undefined> =>
    (await worker.pool.query<Json>('SELECT state, sealed FROM context_sessions WHERE id = $1', [id.slice(4)])).rows[0];
  await waitFor('it to be gone', async () => (await found())?.['state'] === 'deleted');
  expect(await found()).toEqual({ state: 'deleted', sealed: Buffer.alloc(0) });
  expect(await rows(id)).toEqual([]);
  await here.redis.del(redisKeys.contextSession(id.slice(4)));
  expect((await send('GET', `/v1/sessions/${id}`)).status).toBe(404);
});

it('CP-4.3: the session is in the usage event', async () => {
  const { open, ask } = await lab();
  const id = await open();
  const answer = await ask(id, 'x');
  const event = await here.event(answer.headers.get('x-request-id'));
  expect(event.sessionId).toBe(id);
});

it('CP-8.2, CP-3.2: when a gateway is killed, what it had answered is kept, once; what it was answering is kept and marked', async () => {
  const { open, ask, send, turns, rows, forget } = await lab();
  const id = await open();
  const folder = mkdtempSync(join(tmpdir(), 'parley-context-'));
  const script = new URL('./context-child.ts', import.meta.url).pathname;
  const child = await startChild(script, { args: [testRedisUrl(), folder] });
  try {
    const [, port] = await child.waitForLine(/^runs (\d+)/, 40_000);
    const at = { ...here, url: `http://127.0.0.1:${port}` };
    worker.running = false;
    await ask(id, 'answered', {}, at);
    backend.behave((_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(chunk({ role: 'assistant', content: 'The first words' }))}\n\n`);
    });
    const body = { model: 'fast', stream: true, messages: [{ role: 'user', content: 'killed' }] };
    const answer = await send('POST', '/v1/chat/completions', body, { 'x-context-id': id }, at);
    await answer.body?.getReader().read();
    await waitFor('its first words to be kept', async () => (await turns(id)).at(-1)?.messages.length === 2);
    await child.kill('SIGKILL');
    await forget(id);
    worker.running = true;
    // Another gateway on the same disk brings what it left; before that there is nothing to go on with.
    const heir = await openWorld({ spoolDir: `${folder}/spool`, contexts: { leaseMs: 100, waitMs: 2500 } });
    worker.follow(heir.jobs.jobs);
    await waitFor('both turns in PostgreSQL', async () => (await rows(id)).length === 2, { timeoutMs: 15_000 });
    const all = await waitFor('the turn to count as cut', async () => {
      const found = await turns(id, heir);
      return found.at(-1)?.state === 'cut' ? found : undefined;
    });
    expect(all.map(({ state, messages }) => [state, messages.map(({ parts }) => parts[0]?.text)])).toEqual([
      ['complete', ['answered', 'answer to answered']],
      ['cut', ['killed', 'The first words']],
    ]);
    await heir.close();
  } finally {
    await child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
