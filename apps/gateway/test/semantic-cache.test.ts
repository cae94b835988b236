import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, subscription } from './documents.ts';
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
let other: World;
let backend: UpstreamServer;
/** Vectors the embedding model has for texts; anything else is far from everything. */
const VECTORS: Record<string, number[]> = {};
let embedding: 'works' | 'fails' | 'hangs' = 'works';

beforeAll(async () => {
  world = await openWorld();
  other = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
});
beforeEach(() => {
  backend.received.length = 0;
  embedding = 'works';
  let n = 0;
  backend.behave(({ body, url }, response) => {
    const asked = JSON.parse(body.toString()) as { stream?: boolean; input?: string[] };
    if (url.endsWith('/embeddings')) {
      if (embedding === 'hangs') return;
      if (embedding === 'fails') return sendJson(response, 500, { error: { message: 'no' } });
      const data = (asked.input ?? []).map((text, index) => ({
        index,
        embedding: VECTORS[text] ?? [Math.random(), -Math.random(), Math.random(), -Math.random()],
      }));
      return sendJson(response, 200, { data, usage: { prompt_tokens: 9, total_tokens: 9 } });
    }
    n++;
    if (asked.stream) sendStream(response, streamEvents([`Answer `, `number ${n}`]));
    else sendJson(response, 200, completion(`Answer number ${n}`));
  });
});
afterAll(async () => {
  await world.close();
  await other.close();
  await backend.close();
});

async function lab(semantic: object | undefined, policy: object = {}) {
  const owner = publisher(`lab-${newId().slice(-8)}`);
  const { id } = provider(owner, `${backend.url}/v1`);
  model(owner, id, 'fast');
  model(owner, id, 'meaning');
  const llm = api(owner, 'models', { kind: 'llm', models: ['fast'] });
  Object.assign(llm.versions[0] ?? {}, { policies: { modelCache: { ...policy, ...(semantic && { semantic }) } } });
  const keys = [apiKey(), apiKey()];
  await publishTenant(world.redis, owner.doc);
  for (const key of keys) await publishApplication(world.redis, application([subscription(owner, llm)], [key.entry]));
  return async (text: unknown, more: { as?: number; at?: World; body?: object; path?: string } = {}) => {
    const at = more.at ?? world;
    const answer = await fetch(`${at.url}${more.path ?? '/v1/chat/completions'}`, {
      method: 'POST',
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: text }], ...more.body }),
      headers: { authorization: `Bearer ${keys[more.as ?? 0]?.secret}`, 'content-type': 'application/json' },
    });
    const body = await answer.text();
    const id = answer.headers.get('x-request-id');
    return { status: answer.headers.get('cache-status'), code: answer.status, body, id, event: () => at.event(id) };
  };
}

const QUESTION = 'How do I reset my password?';
const SAME = 'Hi! Could you tell me how I can reset the password, please';
const SERVE = { mode: 'serve' };
const ASKED = (): number => backend.received.filter(({ url }) => url.endsWith('/completions')).length;

describe('a model cache that serves the same meaning', () => {
  it('answers a paraphrase from what was kept, labelled, free, and recorded as what it is', async () => {
    const ask = await lab(SERVE);
    await ask(QUESTION);
    const again = await ask(SAME);
    expect(again.body).toContain('Answer number 1');
    expect(again.status).toBe('parley; hit; detail=semantic');
    expect(await again.event()).toMatchObject({
      cache: 'semantic',
      costNano: '0',
      attempts: 0,
      semantic: { closeness: expect.any(Number), agreement: null },
    });
    expect((await ask(QUESTION)).status).toBe('parley; hit');
    expect(ASKED()).toBe(1);
  });

  it('costs what the model’s own answer would where the policy says so', async () => {
    const ask = await lab(SERVE, { price: 'full' });
    const first = await (await ask(QUESTION)).event();
    expect(await (await ask(SAME)).event()).toMatchObject({ cache: 'semantic', costNano: first.costNano });
  });

  it.each([
    ['How do I reset my PIN?'],
    ['How do I not reset my password?'],
    ['How do I reset my password 2?'],
    ['How do I reset Bob’s password?'],
    ['How do I reset my "password"?'],
    ['Wie setze ich mein Passwort zurück und wo ist das?'],
  ])('asks the model for %s', async (text) => {
    const ask = await lab(SERVE);
    await ask(QUESTION);
    expect((await ask(text)).body).toContain('Answer number 2');
  });

  it('is off unless the policy has it, and asks the model where the rest of the request differs in anything', async () => {
    const off = await lab(undefined);
    await off(QUESTION);
    expect((await off(SAME)).body).toContain('Answer number 2');
    const ask = await lab(SERVE);
    await ask(QUESTION);
    for (const body of [
      { temperature: 0.3 },
      { tools: [{ type: 'function', function: { name: 'f' } }] },
      {
        messages: [
          { role: 'system', content: 'Be rude.' },
          { role: 'user', content: SAME },
        ],
      },
      {
        messages: [
          { role: 'user', content: SAME },
          { role: 'assistant', content: 'Well' },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: SAME },
              { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
            ],
          },
        ],
      },
    ]) {
      expect((await ask(SAME, { body })).status).toBeNull();
    }
  });

  it('never gives one application’s answers to another, nor one model’s to another, unless everybody shares', async () => {
    const ask = await lab(SERVE);
    await ask(QUESTION);
    expect((await ask(SAME, { as: 1 })).status).toBeNull();
    const shared = await lab(SERVE, { scope: 'everyone' });
    await shared(QUESTION);
    expect((await shared(SAME, { as: 1 })).status).toBe('parley; hit; detail=semantic');
    const stranger = await lab(SERVE, { scope: 'everyone' });
    expect((await stranger(SAME)).status).toBeNull();
  });

  it('replays a whole answer as a stream, and a stream as a whole answer', async () => {
    const ask = await lab(SERVE);
    await ask(QUESTION);
    const streamed = await ask(SAME, { body: { stream: true } });
    expect(streamed.body).toContain('"content":"Answer number 1"');
    expect(streamed.body.endsWith('data: [DONE]\n\n')).toBe(true);
    const text = 'What are your opening hours?';
    await ask(text, { body: { stream: true } });
    expect(JSON.parse((await ask(`Hello, ${text.toLowerCase()} Thanks!`)).body)).toMatchObject({
      choices: [{ message: { content: 'Answer number 2' } }],
    });
  });

  it('is shared by all nodes, and sealed', async () => {
    const ask = await lab(SERVE);
    await ask(QUESTION);
    await expect.poll(async () => (await ask(SAME, { at: other })).status, { timeout: 5000 }).toContain('hit');
    const keys = await world.redis.keys('*:meanings:*');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      const lines = JSON.stringify(await world.redis.xrange(key, '-', '+'));
      expect(lines).not.toMatch(/password|reset/i);
    }
  });

  it('embeds by a model of the tenant, whose cost is the publisher’s and stands beside the call', async () => {
    const far = 'I forgot my login secret, which way leads to another?';
    const other = 'Lost password, want new credentials';
    VECTORS[far] = [1, 0.1, 0, 0];
    VECTORS[other] = [1, 0.12, 0, 0];
    const ask = await lab({ ...SERVE, embedding: 'meaning', wording: 'free' });
    await ask(far);
    const again = await ask(other);
    expect(again.status).toBe('parley; hit; detail=semantic');
    const event = await again.event();
    const side = world.events().find(({ parentId }) => parentId === event.id);
    expect(side).toMatchObject({
      purpose: 'cache',
      model: 'meaning',
      inputTokens: 9,
      consumerTenantId: event.tenantId,
    });
    expect(BigInt(side?.costNano ?? 0)).toBeGreaterThan(0n);
    expect(event.costNano).toBe('0');
  });

  it('asks the model when the embedding fails or takes too long', async () => {
    const ask = await lab({ ...SERVE, embedding: 'meaning', withinMs: 50 });
    for (const how of ['fails', 'hangs'] as const) {
      embedding = how;
      expect(await ask(`${how} today?`)).toMatchObject({ code: 200, status: null });
    }
    expect(ASKED()).toBe(2);
  });

  it('refuses calls where its embedding model is not there', async () => {
    const ask = await lab({ ...SERVE, embedding: 'nobody' });
    const refused = await ask(QUESTION);
    expect(refused.code).toBe(503);
    expect(refused.body).toContain('policy_unsupported');
    expect(ASKED()).toBe(0);
  });

  it('lets several turns be worded differently, and no more than the policy says', async () => {
    const talk = (first: string, last: string, answer = 'Paris.') => ({
      messages: [
        { role: 'user', content: first },
        { role: 'assistant', content: answer },
        { role: 'user', content: last },
      ],
    });
    const one = await lab(SERVE);
    await one('', { body: talk('What is the capital of France?', 'How big is it?') });
    expect((await one('', { body: talk('Tell me the capital of France', 'how big is it') })).status).toBeNull();
    const two = await lab({ ...SERVE, lastTurns: 2 });
    await two('', { body: talk('What is the capital of France?', 'How big is it?') });
    expect((await two('', { body: talk('what is the capital of france', 'How big is it') })).status).toContain(
      'semantic',
    );
    expect((await two('', { body: talk('what is the capital of spain', 'How big is it') })).status).toBeNull();
    expect(
      (await two('', { body: talk('what is the capital of france', 'How big is it', 'Rome.') })).status,
    ).toBeNull();
  });
});

describe('a model cache on trial', () => {
  it('asks the model all the same, and records how close the question was and how alike the answers are', async () => {
    const ask = await lab({});
    await ask(QUESTION);
    const trial = await ask(SAME);
    expect(trial.status).toBeNull();
    expect(trial.body).toContain('Answer number 2');
    const { semantic, cache } = await trial.event();
    expect(cache).toBeUndefined();
    expect(semantic?.closeness).toBeGreaterThan(0.92);
    expect(semantic?.agreement).toBeGreaterThan(0.3);
    expect(semantic?.agreement).toBeLessThan(1);
    const streamed = await ask('How can I reset my password?', { body: { stream: true } });
    expect((await streamed.event()).semantic?.agreement).not.toBeNull();
    expect((await (await ask('Where is my order?')).event()).semantic).toBeUndefined();
  });
});
