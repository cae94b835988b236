import { newId } from '@parley/kernel/id';
import { newDataKey, parseMasterKey } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContextWorker, startContextWorker } from './context-world.ts';
import { MASTER_KEY, publisher } from './documents.ts';
import { openPartyLab, PARTIES, type PartyLab } from './party-lab.ts';
import { publishTenant } from './publish.ts';

/** docs/context-protocol.md, CP-2.2, and docs/party-tokens.md, PT-6.8 and PT-6.9: what party tokens reach of an application's sessions. */
let lab: PartyLab;
let worker: ContextWorker;
beforeAll(async () => {
  lab = await openPartyLab();
  worker = startContextWorker();
  worker.follow(lab.world.jobs.jobs);
  for (const tenantId of [lab.caller.tenantId, lab.foreign.tenantId]) {
    const { sealed } = newDataKey(parseMasterKey(MASTER_KEY), tenantId);
    const { doc } = publisher(`own-${newId().slice(-8)}`);
    await publishTenant(lab.world.redis, { ...doc, tenantId, sealedDataKey: sealed });
  }
});
afterAll(async () => {
  await lab.close();
  await worker.close();
});

const soon = { timeoutMs: 25_000 };

type Json = Record<string, unknown>;
const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

async function open(settings: object = {}, key = lab.key.secret): Promise<string> {
  const made = await lab.post('/v1/sessions', key, settings);
  expect(made.status, await made.clone().text()).toBe(201);
  return ((await made.json()) as { id: string }).id;
}

function ask(token: string, session: string, url = lab.world.url): Promise<Response> {
  const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hi' }] });
  const headers = { 'content-type': 'application/json', 'x-context-id': session };
  return lab.call('/v1/chat/completions', token, { method: 'POST', body, headers }, url);
}

/** A token of a bot that may do this with sessions. */
async function issue(sessions: readonly string[], actions: readonly string[], more: object = {}): Promise<string> {
  const [customer, bot] = PARTIES(lab.slug);
  const permissions = [
    ...(bot?.permissions ?? []),
    ...(actions.length > 0 ? [{ actions, resources: ['session:**'] }] : []),
  ];
  const human = { id: 'human', kind: 'user', role: 'agent', permissions: [{ actions, resources: ['session:**'] }] };
  const rule = { effect: 'allow', who: { ids: ['bot'] }, actions: ['token:exchange'], resources: ['party:human'] };
  const audience = { apis: [`${lab.slug}/llm`], sessions };
  const parties = [customer, { ...bot, permissions }, ...(actions.length > 0 ? [human] : [])];
  const rules = actions.length > 0 ? { rules: [rule] } : {};
  return (await lab.issue({ parties, audience, ...rules, ...more })).party_token;
}

const call = (method: string, path: string, token: string, body?: object, more: Record<string, string> = {}) =>
  lab.call(path, token, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json', ...more },
  });
const told = async (answer: Response): Promise<[number, unknown]> => [
  answer.status,
  ((await answer.json()) as { code?: string }).code,
];
const json = async (answer: Response): Promise<Json> => (await answer.json()) as Json;

async function exchanged(token: string, more: Record<string, string> = {}): Promise<string> {
  const form = { grant_type: GRANT, subject_token: token, subject_token_type: JWT, acting: 'human', ...more };
  const answer = await lab.post('/v1/party-tokens/exchange', token, new URLSearchParams(form));
  expect(answer.status, await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Each thing that can be asked of a session, with the permissions it needs. */
const ASKED: readonly (readonly [string, string, string, object | undefined, readonly string[]])[] = [
  ['view', 'GET', '', undefined, ['session:read']],
  ['turns', 'GET', '/turns', undefined, ['session:read']],
  ['append', 'POST', '/turns', { messages: [{ role: 'user', content: 'x' }] }, ['session:append']],
  ['preview', 'POST', '/preview', { messages: [], window: 1000 }, ['session:read', 'session:edit']],
  ['edit', 'PATCH', '', { title: 'y' }, ['session:edit']],
  ['archive', 'PATCH', '', { state: 'archived' }, ['session:archive']],
  ['edit and bring back', 'PATCH', '', { state: 'active', title: 'z' }, ['session:edit', 'session:archive']],
  ['delete', 'DELETE', '', undefined, ['session:delete']],
];
const ALL = ['session:read', 'session:append', 'session:edit', 'session:archive', 'session:delete'];

it('a party goes on with the session of its token where its permissions say so, and with no other', async () => {
  const [id, other] = [await open(), await open()];
  const token = await issue([id], ['session:read', 'session:append']);
  const good = await ask(token, id);
  expect(good.status, await good.clone().text()).toBe(200);
  expect(good.headers.get('x-context-id')).toBe(id);
  const elsewhere = await ask(token, other);
  expect([elsewhere.status, await elsewhere.text()]).toEqual([404, expect.stringContaining('context_not_found')]);
  for (const some of ['session:read', 'session:append']) {
    const half = await ask(await issue([id], [some]), id);
    expect([half.status, await half.text()]).toEqual([403, expect.stringContaining('party_denied')]);
  }
});

describe('/v1/sessions by party token (PT-6.8)', () => {
  it.each(ASKED)('%s needs its permissions, each of them, and no others', async (_what, method, path, body, needed) => {
    const id = await open();
    const at = `/v1/sessions/${id}${path}`;
    for (const missing of needed) {
      const token = await issue(
        [id],
        ALL.filter((one) => one !== missing),
      );
      expect(await told(await call(method, at, token, body)), missing).toEqual([403, 'party_denied']);
    }
    const good = await call(method, at, await issue([id], needed), body);
    expect([200, 201], await good.clone().text()).toContain(good.status);
  });

  it('by default nothing is allowed: a token without permissions for its session has none', async () => {
    const id = await open();
    const token = await issue([id], []);
    for (const [what, method, path, body] of ASKED) {
      expect(await told(await call(method, `/v1/sessions/${id}${path}`, token, body)), what).toEqual([
        403,
        'party_denied',
      ]);
    }
    expect(await told(await call('POST', '/v1/sessions', token, {}))).toEqual([403, 'party_denied']);
    expect((await json(await call('GET', '/v1/sessions', token)))['data']).toEqual([]);
  });

  it('sessions outside the audience, of another tenant and invented ones are the same to it: not there', async () => {
    const mine = await open();
    const token = await issue([mine], ALL);
    const foreign = await open({}, lab.stranger.secret);
    const named = await issue([mine, foreign], ALL);
    for (const [holder, id] of [
      [token, await open()],
      [token, foreign],
      [named, foreign],
      [token, `ses_${newId()}`],
    ] as const) {
      for (const [what, method, path, body] of ASKED) {
        const answer = await call(method, `/v1/sessions/${id}${path}`, holder, body);
        // One invented just now may be on its way to the durable store.
        expect([404, 503], what).toContain(answer.status);
        if (answer.status === 404) expect(await answer.text(), what).toContain('context_not_found');
      }
      expect([404, 503]).toContain((await ask(holder, id)).status);
    }
    expect((await lab.call(`/v1/sessions/${foreign}`, lab.stranger.secret)).status).toBe(200);
  });

  it('instructions are for those who may change them, and turns for those who may read', async () => {
    const id = await open({ system: 'the secret of the house', title: 'shop' });
    const reader = await issue([id], ['session:read']);
    const seen = await json(await call('GET', `/v1/sessions/${id}`, reader));
    expect(seen).toMatchObject({ id, title: 'shop' });
    expect(JSON.stringify(seen)).not.toContain('secret of the house');
    const listed = await json(await call('GET', '/v1/sessions', reader));
    expect(listed['data']).toMatchObject([{ id, title: 'shop' }]);
    expect(JSON.stringify(listed)).not.toContain('secret of the house');
    const archived = await call('PATCH', `/v1/sessions/${id}`, await issue([id], ['session:archive']), {
      state: 'active',
    });
    expect(await archived.text()).not.toContain('secret of the house');
    expect(await json(await call('GET', `/v1/sessions/${id}`, await issue([id], ['session:*'])))).toMatchObject({
      system: 'the secret of the house',
    });
  });

  it('an id that others have used shows nothing of what they said to who may only append', async () => {
    const id = await open();
    const turn = { id: newId(), messages: [{ role: 'user', content: 'told in confidence' }] };
    expect((await lab.post(`/v1/sessions/${id}/turns`, lab.key.secret, turn)).status).toBe(201);
    const mine = { id: newId(), messages: [{ role: 'user', content: 'mine' }] };
    const writer = await issue([id], ['session:append']);
    const again = await call('POST', `/v1/sessions/${id}/turns`, writer, { ...mine, id: turn.id });
    expect(await told(again)).toEqual([403, 'party_denied']);
    for (let time = 0; time < 2; time++) {
      const own = await call('POST', `/v1/sessions/${id}/turns`, writer, mine);
      expect([own.status, await own.text()]).toEqual([201, expect.stringContaining('mine')]);
    }
  });

  it('each turn says which party wrote it, for whom; hand-over keeps the session and changes the author (PT-6.9)', async () => {
    const id = await open();
    const token = await issue([id], ['session:read', 'session:append']);
    expect((await ask(token, id)).status).toBe(200);
    const human = await exchanged(token);
    const body = { messages: [{ role: 'assistant', content: 'This is Ann.' }] };
    expect((await call('POST', `/v1/sessions/${id}/turns`, human, body)).status).toBe(201);
    expect((await lab.post(`/v1/sessions/${id}/turns`, lab.key.secret, body)).status).toBe(201);
    const { data } = await json(await call('GET', `/v1/sessions/${id}/turns`, human));
    expect((data as Json[]).map(({ author }) => author)).toEqual([
      { party: 'bot', kind: 'agent', role: 'assistant', on_behalf_of: 'customer' },
      { party: 'human', kind: 'user', role: 'agent', on_behalf_of: 'customer' },
      null,
    ]);
    const answer = await call('GET', `/v1/sessions/${id}`, human);
    expect(await lab.world.event(answer.headers.get('x-request-id'))).toMatchObject({
      party: { acting: 'human', principal: 'customer' },
      sessionId: id,
    });
  });
});

describe('sessions that a token opens itself (PT-6.8)', () => {
  const OWN = ['session:create', 'session:read', 'session:append'];

  it('are its own, and those of what it is exchanged for, and the application’s; no other token’s', async () => {
    const token = await issue(['own'], OWN);
    const made = await call('POST', '/v1/sessions', token, { title: 'mine' });
    expect(made.status, await made.clone().text()).toBe(201);
    const id = (await json(made))['id'] as string;
    expect((await ask(token, id)).status).toBe(200);
    const human = await exchanged(token);
    expect((await call('GET', `/v1/sessions/${id}`, human)).status).toBe(200);
    expect((await call('GET', `/v1/sessions/${id}`, lab.key.secret)).status).toBe(200);
    for (const other of [await issue(['own'], OWN), await issue([await open()], OWN)]) {
      expect(await told(await call('GET', `/v1/sessions/${id}`, other))).toEqual([404, 'context_not_found']);
    }
    const named = await issue([id], ['session:read']);
    expect((await call('GET', `/v1/sessions/${id}`, named)).status).toBe(200);
    const explained = async (of: string, action: string, resource: string): Promise<unknown> =>
      json(await lab.post('/v1/party-tokens/explain', lab.key.secret, { token: of, action, resource }));
    expect(await explained(token, 'session:read', `session:${id}`)).toMatchObject({ allowed: true });
    expect(await explained(token, 'session:create', 'session:new')).toMatchObject({ allowed: true });
    expect(await explained(named, 'session:create', 'session:new')).toMatchObject({ allowed: false, rule: 'audience' });
    const other = await issue(['own'], OWN);
    expect(await explained(other, 'session:read', `session:${id}`)).toMatchObject({ allowed: false, rule: 'audience' });
  });

  it('need the audience and the permission; what is exchanged for less of the audience has lost them', async () => {
    expect(await told(await call('POST', '/v1/sessions', await issue([await open()], OWN), {}))).toEqual([
      403,
      'party_denied',
    ]);
    expect(await told(await call('POST', '/v1/sessions', await issue(['own'], ['session:read']), {}))).toEqual([
      403,
      'party_denied',
    ]);
    const token = await issue(['own'], OWN);
    const id = (await json(await call('POST', '/v1/sessions', token, {})))['id'] as string;
    const aud = (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { aud: string[] }).aud;
    const less = await exchanged(token, { audience: aud.filter((one) => one !== 'urn:parley:sessions').join(' ') });
    expect(await told(await call('GET', `/v1/sessions/${id}`, less))).toEqual([404, 'context_not_found']);
  });

  it('what a successor opens is not its predecessor’s', async () => {
    const token = await issue(['own'], OWN);
    const id = (await json(await call('POST', '/v1/sessions', await exchanged(token), {})))['id'] as string;
    expect(await told(await call('GET', `/v1/sessions/${id}`, token))).toEqual([404, 'context_not_found']);
  });

  it('are listed with those it names, to it alone and to the application, whoever changes them later', async () => {
    const named = await open({ title: 'named' });
    const token = await issue(['own', named], [...OWN, 'session:edit']);
    const id = (await json(await call('POST', '/v1/sessions', token, {})))['id'] as string;
    // A change by the application leaves whose it is.
    expect((await call('PATCH', `/v1/sessions/${id}`, lab.key.secret, { title: 'own' })).status).toBe(200);
    const titles = (holder: string, more = ''): Promise<unknown[]> =>
      waitFor(
        'a list',
        async () => {
          const answer = await call('GET', `/v1/sessions${more}`, holder);
          return answer.status === 200 && ((await json(answer))['data'] as Json[]).map(({ title }) => title);
        },
        soon,
      );
    await waitFor(
      'both on the list',
      async () => {
        const all = await titles(token);
        return (all[0] === 'own' && all[1] === 'named' && all.length === 2) || undefined;
      },
      soon,
    );
    expect(await titles(lab.key.secret)).toEqual(expect.arrayContaining(['own', 'named']));
    expect(await titles(await issue(['own'], OWN))).toEqual([]);
    expect(await titles(token, `?before=${id}`)).toEqual(['named']);
  });

  it('and what is asked of them draws on the allowance, refusals excepted (PT-6.6)', async () => {
    const id = await open();
    const token = await issue([id], ['session:read'], { allowance: { uses: 2 } });
    expect(await told(await call('DELETE', `/v1/sessions/${id}`, token))).toEqual([403, 'party_denied']);
    const view = async (): Promise<Response> => call('GET', `/v1/sessions/${id}`, token);
    await waitFor(
      'the use given back',
      async () => {
        const left = await lab.post('/v1/party-tokens/introspect', lab.key.secret, new URLSearchParams({ token }));
        return ((await left.json()) as { uses_left: number }).uses_left === 2 || undefined;
      },
      soon,
    );
    expect((await view()).headers.get('x-parley-uses-left')).toBe('1');
    expect((await view()).status).toBe(200);
    expect(await told(await view())).toEqual([403, 'party_allowance_spent']);
  });
});

it('a revoked token opens none of its sessions on any node within a second (PT-6.5)', async () => {
  const id = await open();
  const token = await issue([id], ALL);
  const there = async (): Promise<number> => (await lab.call(`/v1/sessions/${id}`, token, {}, lab.other.url)).status;
  expect(await there()).toBe(200);
  await lab.post('/v1/party-tokens/revoke', lab.key.secret, new URLSearchParams({ token }));
  await waitFor('the end', async () => (await there()) === 401 || undefined, soon);
  expect((await ask(token, id)).status).toBe(401);
});
