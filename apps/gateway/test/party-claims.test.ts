import type { RouteSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  api,
  apiKey,
  application,
  model,
  PROMPT,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from './documents.ts';
import { GATEWAY_URL } from './party-lab.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

/** docs/party-tokens.md, section 11: what a token says reaches routing, upstreams, prompts, caches and policies. */
let world: World;
let backend: UpstreamServer;
const slug = `claims-${newId().slice(-8)}`;
const key = apiKey();
let asked = 0;

beforeAll(async () => {
  world = await openWorld({ gatewayUrl: GATEWAY_URL });
  backend = await startUpstream((received, response) => {
    asked++;
    const chat = received.url.includes('completions');
    if (!chat) response.setHeader('cache-control', 'max-age=60');
    sendJson(response, 200, chat ? completion('Hello.') : { url: received.url, asked });
  });
  const pub = publisher(slug);
  const target = upstream(pub, backend.url);
  const source = provider(pub, backend.url);
  for (const name of ['swift', 'sage']) model(pub, source.id, name);
  const route = (path: string, to: string, when?: string, policies?: Record<string, unknown>): RouteSnapshot => ({
    id: newId(),
    method: 'GET',
    path,
    upstreamId: target.id,
    upstreamPath: to,
    ...(when === undefined ? {} : { match: [{ when }] }),
    ...(policies === undefined ? {} : { policies }),
  });
  const routed = api(pub, 'routed', {
    kind: 'rest',
    routes: [
      route('/x', '/gold', 'party.tier == "gold" && "agent" in party.roles && party.context.channel == "web"'),
      route('/x', '/plain'),
      route('/refunds', '/refunds', undefined, { callers: { dataClass: 'confidential' } }),
      route('/club', '/club', undefined, { callers: { tiers: ['gold', 'silver'] } }),
      route('/told', '/told', undefined, {
        transform: { request: { headers: { set: { 'x-who': '{party.role} in {party.stage}' } } } },
      }),
    ],
  });
  const cached = restApi(pub, 'cached', target.id);
  for (const version of cached.versions) version.policies = { cache: {} };
  const told = restApi(pub, 'told', target.id);
  for (const version of told.versions) version.policies = { callers: {} };
  const chat = api(pub, 'chat', { kind: 'llm', models: ['swift', 'sage'] });
  for (const version of chat.versions) {
    version.policies = {
      callers: { dataClass: 'internal' },
      modelRouting: {
        aliases: [{ name: 'desk', targets: [{ model: 'sage', when: 'party.stage == "refund"' }, { model: 'swift' }] }],
      },
    };
  }
  const variables = ['party_role', 'party_tier'].map((name) => {
    return { name, type: 'string', description: '', required: false, default: 'nobody', maxLength: 40 } as const;
  });
  const definition = {
    ...PROMPT,
    model: 'swift',
    messages: [{ role: 'user' as const, text: 'For {{name}} by {{party_role}} of {{party_tier}}.' }],
    variables: [...PROMPT.variables, ...variables],
  };
  const greet = api(pub, 'greet', { kind: 'prompt', promptVersionId: newId(), definition });
  await publishTenant(world.redis, pub.doc);
  const apis = [routed, cached, told, chat, greet];
  await publishApplication(
    world.redis,
    application(
      apis.map((one) => subscription(pub, one)),
      [key.entry],
    ),
  );
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

async function issue(more: object = {}): Promise<string> {
  const permissions = [
    { actions: ['api:*', 'prompt:run'], resources: [`api:${slug}/**`] },
    { actions: ['model:ask'], resources: [`model:${slug}/*`] },
  ];
  const asking = {
    parties: [
      { id: 'customer', kind: 'user', role: 'customer' },
      { id: 'bot', kind: 'agent', role: 'agent', permissions },
    ],
    acting: 'bot',
    on_behalf_of: 'customer',
    audience: { apis: ['routed', 'cached', 'told', 'chat', 'greet'].map((name) => `${slug}/${name}`) },
    ...more,
  };
  const answer = await fetch(`${world.url}/v1/party-tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(asking),
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { party_token: string }).party_token;
}

function call(path: string, token: string, body?: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(world.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
const urlOf = async (answer: Response): Promise<string> => ((await answer.json()) as { url: string }).url;
const refusedBy = async (answer: Response): Promise<[number, string]> => [
  answer.status,
  /decided by: ([^.]*)\./.exec(await answer.text())?.[1] ?? '',
];

it('conditions of routes ask for stage, tier, roles and context; a key is no party (PT-11.1)', async () => {
  const context = { channel: 'web' };
  const path = `/${slug}/routed/v1/x`;
  expect(await urlOf(await call(path, await issue({ tier: 'gold', context })))).toBe('/gold');
  expect(await urlOf(await call(path, await issue({ tier: 'silver', context })))).toBe('/plain');
  expect(await urlOf(await call(path, await issue({ tier: 'gold' })))).toBe('/plain');
  expect(await urlOf(await call(path, key.secret))).toBe('/plain');
});

it('aliases of models ask as well, and templates name what a token says (PT-11.1)', async () => {
  const ask = async (token: string): Promise<string> => {
    const body = { model: 'desk', messages: [{ role: 'user', content: 'x' }] };
    const answer = await call(`/${slug}/chat/v1/chat/completions`, token, body);
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (JSON.parse(backend.received.at(-1)?.body.toString() ?? '{}') as { model: string }).model;
  };
  expect(await ask(await issue({ stage: 'refund' }))).toBe('real-sage');
  expect(await ask(await issue({ stage: 'triage' }))).toBe('real-swift');
  await call(`/${slug}/routed/v1/told`, await issue({ stage: 'triage' }));
  expect(backend.received.at(-1)?.headers['x-who']).toBe('agent in triage');
});

it('upstreams are told who acts for whom; what a caller says of itself is dropped (PT-11.2)', async () => {
  const ctx = `ses_${newId()}`;
  const token = await issue({ stage: 'refund', tier: 'gold', data: 'internal', ctx });
  const forged = { 'x-parley-tier': 'platinum', 'x-parley-party-role': 'boss', 'x-parley-principal': 'me' };
  await call(`/${slug}/told/v1/x`, token, undefined, forged);
  expect(backend.received.at(-1)?.headers).toMatchObject({
    'x-parley-party': 'bot',
    'x-parley-party-kind': 'agent',
    'x-parley-party-role': 'agent',
    'x-parley-principal': 'customer',
    'x-parley-stage': 'refund',
    'x-parley-tier': 'gold',
    'x-parley-data-class': 'internal',
    'x-parley-session': ctx,
  });
  for (const path of ['told', 'cached']) {
    await call(`/${slug}/${path}/v1/y`, key.secret, undefined, forged);
    const names = Object.keys(backend.received.at(-1)?.headers ?? {});
    expect(names.filter((name) => /^x-parley-(party|principal|stage|tier|data|session)/.test(name))).toEqual([]);
  }
});

it('variables of prompts that are named for it are the token’s, whatever the body says (PT-11.3)', async () => {
  const body = { name: 'Ann', party_role: 'boss', party_tier: 'gold' };
  const ask = async (token: string): Promise<string> => {
    const answer = await call(`/${slug}/greet/v1`, token, body);
    expect(answer.status, await answer.clone().text()).toBe(200);
    const sent = JSON.parse(backend.received.at(-1)?.body.toString() ?? '{}') as { messages: { content: string }[] };
    return sent.messages.at(-1)?.content ?? '';
  };
  expect(await ask(await issue({ tier: 'silver' }))).toBe('For Ann by agent of silver.');
  expect(await ask(await issue())).toBe('For Ann by agent of nobody.');
  expect(await ask(key.secret)).toBe('For Ann by boss of gold.');
});

it('answers kept for one token are not another’s of the same party with other claims (PT-11.4)', async () => {
  const path = `/${slug}/cached/v1/x`;
  const told = async (token: string): Promise<number> =>
    ((await (await call(path, token)).json()) as { asked: number }).asked;
  const gold = await told(await issue({ tier: 'gold' }));
  expect(await told(await issue({ tier: 'gold' }))).toBe(gold);
  expect(await told(await issue({ tier: 'silver' }))).not.toBe(gold);
  expect(await told(await issue({ tier: 'gold', data: 'public' }))).not.toBe(gold);
});

it('tiers and classes of data are asked for by the policy callers, of tokens alone (PT-11.5)', async () => {
  const [refunds, club] = [`/${slug}/routed/v1/refunds`, `/${slug}/routed/v1/club`];
  for (const data of ['public', 'internal']) {
    expect(await refusedBy(await call(refunds, await issue({ data })))).toEqual([403, 'data']);
  }
  for (const more of [{ data: 'confidential' }, { data: 'restricted' }, {}]) {
    expect((await call(refunds, await issue(more))).status, JSON.stringify(more)).toBe(200);
  }
  expect((await call(club, await issue({ tier: 'silver' }))).status).toBe(200);
  expect(await refusedBy(await call(club, await issue({ tier: 'bronze' })))).toEqual([403, 'tier']);
  expect(await refusedBy(await call(club, await issue()))).toEqual([403, 'tier']);
  expect([(await call(club, key.secret)).status, (await call(refunds, key.secret)).status]).toEqual([200, 200]);
  const body = { model: `${slug}/swift`, messages: [{ role: 'user', content: 'x' }] };
  for (const path of ['/v1/chat/completions', `/${slug}/chat/v1/chat/completions`]) {
    expect((await call(path, await issue({ data: 'internal' }), body)).status, path).toBe(200);
    const low = await call(path, await issue({ data: 'public' }), body);
    expect([low.status, await low.text()], path).toEqual([403, expect.stringContaining('party_denied')]);
  }
});
