import { EXPLAIN_PATH, type ExplainReply, INTERNAL_HEADER } from '@parley/contracts/explain';
import { modelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import { newId } from '@parley/kernel/id';
import { signInternalCall } from '@parley/kernel/internal-call';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, PROMPT, provider, publisher, subscription } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const SECRET = 'i'.repeat(32);
let world: World;
let other: World;
let backend: UpstreamServer;
let embedding: 'works' | 'fails' | 'hangs' = 'works';
let failing = '';

/** What the embedding model takes words for: code one way, law another. */
const vectorOf = (text: string): number[] => [
  Number(/code|bug|function/i.test(text)),
  Number(/law|contract|court/i.test(text)),
  0.1,
];

beforeAll(async () => {
  world = await openWorld({ internalSecret: SECRET });
  other = await openWorld();
  backend = await startUpstream((_received, response) => sendJson(response, 200, completion()));
});
beforeEach(() => {
  embedding = 'works';
  failing = '';
  backend.received.length = 0;
  backend.behave(({ body, url }, response) => {
    const asked = JSON.parse(body.toString()) as { input?: string[]; model: string };
    if (asked.model === failing) return sendJson(response, 500, { error: { message: 'down' } });
    if (!url.endsWith('/embeddings')) return sendJson(response, 200, completion());
    if (embedding === 'hangs') return;
    if (embedding === 'fails') return sendJson(response, 500, { error: { message: 'no' } });
    const data = (asked.input ?? []).map((text, index) => ({ index, embedding: vectorOf(text) }));
    sendJson(response, 200, { data, usage: { prompt_tokens: 5, total_tokens: 5 } });
  });
});
afterAll(async () => {
  await world.close();
  await other.close();
  await backend.close();
});

const ROUTES = [
  {
    name: 'code',
    examples: [
      'Why does this function throw an error?',
      'Fix the bug in my code',
      'Write a Python function that sorts a list',
    ],
  },
  {
    name: 'law',
    examples: ['Is this contract valid?', 'What does the court decide about a contract?', 'Explain tenancy law'],
  },
];

async function lab(more: object = {}, at = newId().slice(-8)) {
  const owner = publisher(`lab-${at}`);
  const { id } = provider(owner, `${backend.url}/v1`);
  for (const slug of ['coder', 'lawyer', 'general', 'meaning']) model(owner, id, slug);
  const modelRouting = {
    aliases: [
      {
        name: 'smart',
        targets: [{ model: 'general' }, { model: 'coder', route: 'code' }, { model: 'lawyer', route: 'law' }],
        semantic: { routes: ROUTES, ...more },
      },
      { name: 'plain', targets: [{ model: 'general' }] },
    ],
    tries: 1,
  };
  const llm = api(owner, 'models', { kind: 'llm', models: ['general'] });
  Object.assign(llm.versions[0] ?? {}, { policies: { modelRouting } });
  const prompt = api(owner, 'prompt', {
    kind: 'prompt',
    promptVersionId: newId(),
    definition: {
      ...PROMPT,
      model: 'smart',
      messages: [{ role: 'user', text: 'Fix the bug in the code of {{name}}' }],
    },
  });
  Object.assign(prompt.versions[0] ?? {}, { policies: { modelRouting } });
  const key = apiKey();
  const caller = application([subscription(owner, llm), subscription(owner, prompt)], [key.entry]);
  await publishTenant(world.redis, owner.doc);
  await publishApplication(world.redis, caller);
  const call = async (path: string, body: object, node = world) => {
    const answer = await fetch(`${node.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    });
    await answer.text();
    const requestId = answer.headers.get('x-request-id');
    return { code: answer.status, model: answer.headers.get('x-parley-model'), event: () => node.event(requestId) };
  };
  const ask = (content: unknown, body: object = {}, node = world) =>
    call('/v1/chat/completions', { model: 'smart', messages: [{ role: 'user', content }], ...body }, node);
  return { ask, call, slug: owner.doc.slug, caller };
}

describe('a name that chooses by meaning', () => {
  it.each([
    ['Please fix this bug in the code', 'coder', 'code'],
    ['Can you write a function in Python?', 'coder', 'code'],
    ['is my contract valid', 'lawyer', 'law'],
    ['What is the capital of France?', 'general', null],
  ])('offline: “%s” is answered by %s', async (text, expected, route) => {
    const { ask } = await lab();
    const answer = await ask(text);
    expect(answer.model).toBe(expected);
    expect((await answer.event()).meaningRoute).toMatchObject({
      name: route,
      outcome: route === null ? 'below' : 'matched',
      scores: [{ closeness: expect.any(Number) }, { closeness: expect.any(Number) }],
    });
    expect(backend.received.filter(({ url }) => url.endsWith('/embeddings'))).toEqual([]);
  });

  it('looks at the user’s last turn only, and takes calls without one for none', async () => {
    const { ask } = await lab();
    const answer = await ask('', {
      messages: [
        { role: 'user', content: 'Fix the bug in my code' },
        { role: 'assistant', content: 'Done.' },
        { role: 'user', content: [{ type: 'text', text: 'And is this contract valid?' }] },
      ],
    });
    expect(answer.model).toBe('lawyer');
    for (const messages of [
      [{ role: 'assistant', content: 'Fix the bug in my code' }],
      [],
      [{ role: 'user', content: '?!' }],
    ]) {
      const none = await ask('', { messages });
      expect(none.model).toBe('general');
      expect((await none.event()).meaningRoute).toMatchObject({ name: null, outcome: 'wordless' });
    }
  });

  it('asks the models without a route when the chosen one fails, and never another route’s', async () => {
    failing = 'real-coder';
    const { ask } = await lab();
    expect((await ask('Fix the bug in my code')).model).toBe('general');
    failing = 'real-general';
    expect((await ask('What is the capital of France?')).code).toBe(502);
    expect(backend.received.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model)).not.toContain(
      'real-lawyer',
    );
  });

  it('holds for prompts, and leaves other names alone', async () => {
    const { call, ask, slug } = await lab();
    const prompt = await call(`/${slug}/prompt/v1`, { name: 'Ada' });
    expect((await prompt.event()).model).toBe('coder');
    const plain = await ask('Fix the bug in my code', { model: 'plain' });
    expect(plain.model).toBe('general');
    expect((await plain.event()).meaningRoute).toBeUndefined();
  });

  it('by a model: examples are embedded once for all nodes, each question once, at the publisher’s cost', async () => {
    const { ask } = await lab({ embedding: 'meaning', threshold: 0.8, withinMs: 5000 });
    const first = await ask('My code has a problem');
    expect(first.model).toBe('coder');
    const event = await first.event();
    const sides = world.events().filter(({ parentId }) => parentId === event.id);
    expect(sides.map(({ purpose, consumerTenantId }) => [purpose, consumerTenantId])).toEqual([
      ['routing', event.tenantId],
      ['routing', event.tenantId],
    ]);
    expect((await ask('A question of law')).model).toBe('lawyer');
    expect((await ask('A question of law', {}, other)).model).toBe('lawyer');
    const inputs = backend.received.flatMap(({ body, url }) =>
      url.endsWith('/embeddings') ? [(JSON.parse(body.toString()) as { input: string[] }).input.length] : [],
    );
    expect(inputs.filter((count) => count > 1)).toEqual([6]);
    expect(inputs.filter((count) => count === 1)).toHaveLength(3);
  });

  it.each(['fails', 'hangs'] as const)('takes the models without a route when the embedding %s', async (how) => {
    embedding = how;
    const { ask } = await lab({ embedding: 'meaning', withinMs: 60 });
    const answer = await ask('Fix the bug in my code');
    expect(answer.model).toBe('general');
    expect((await answer.event()).meaningRoute).toMatchObject({
      name: null,
      outcome: expect.stringMatching(/late|failed/),
    });
  });

  it('does the same where its embedding model is not there', async () => {
    const { ask } = await lab({ embedding: 'nobody' });
    expect((await (await ask('Fix the bug in my code')).event()).meaningRoute).toMatchObject({ outcome: 'failed' });
  });

  it('is told by a dry run, with how close each route is', async () => {
    const { slug, caller } = await lab();
    const asked = JSON.stringify({
      method: 'POST',
      path: `/${slug}/models/v1/chat/completions`,
      headers: [{ name: 'content-type', value: 'application/json' }],
      body: JSON.stringify({ model: 'smart', messages: [{ role: 'user', content: 'Fix the bug in my code' }] }),
      address: '192.0.2.7',
      applicationId: caller.applicationId,
    });
    const headers = { [INTERNAL_HEADER]: signInternalCall(SECRET, EXPLAIN_PATH, asked, Date.now()) };
    const answer = await fetch(world.url + EXPLAIN_PATH, { method: 'POST', headers, body: asked });
    const { steps } = (await answer.json()) as ExplainReply;
    const told = steps.find(({ sentence }) => sentence.includes('By its meaning'));
    expect(told?.sentence).toContain('the route “code”');
    expect(told?.notes).toEqual([expect.stringMatching(/^“code” is /), expect.stringMatching(/^“law” is /)]);
    expect(steps.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining('go to the model “coder”'));
  });
});

describe('the policy', () => {
  const alias = (more: object, targets: object[] = [{ model: 'a' }, { model: 'b', route: 'x' }]) =>
    modelRoutingPolicy.safeParse({
      aliases: [{ name: 'n', targets, semantic: { routes: [{ name: 'x', examples: ['e'] }], ...more } }],
    });

  it.each([
    [
      'a target of no route',
      alias({}, [{ model: 'a' }, { model: 'b', route: 'x' }, { model: 'b', route: 'y' }]),
      'No route has this name.',
    ],
    ['a route nobody answers', alias({}, [{ model: 'a' }]), 'No model answers this route'],
    ['no model for the rest', alias({}, [{ model: 'b', route: 'x' }]), 'Leave one model without a route'],
    [
      'two routes of one name',
      alias({
        routes: [
          { name: 'x', examples: ['e'] },
          { name: 'x', examples: ['f'] },
        ],
      }),
      'This name stands above already.',
    ],
    [
      'a route without semantic',
      modelRoutingPolicy.safeParse({ aliases: [{ name: 'n', targets: [{ model: 'a', route: 'x' }] }] }),
      'No route has this name.',
    ],
  ])('refuses %s in words', (_what, parsed, message) => {
    expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message);
  });

  it('takes a good one, with defaults', () => {
    expect(alias({}).data?.aliases[0]?.semantic).toMatchObject({ embedding: 'offline', threshold: 0.4, withinMs: 300 });
  });
});
