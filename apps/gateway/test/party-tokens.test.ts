import { request } from 'node:http';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GATEWAY_URL, openPartyLab, PARTIES, type PartyLab } from './party-lab.ts';
import { publishApplication } from './publish.ts';

let lab: PartyLab;
beforeAll(async () => {
  lab = await openPartyLab();
});
afterAll(() => lab.close());

const code = async (answer: Response): Promise<[number, string]> => {
  const body = (await answer.json()) as { code?: string; error?: string | { code: string } };
  return [answer.status, body.code ?? (typeof body.error === 'object' ? body.error.code : (body.error ?? ''))];
};
const JSON_POST = { method: 'POST', headers: { 'content-type': 'application/json' } };
const form = (token: string): URLSearchParams => new URLSearchParams({ token });

describe('issuing', () => {
  it.each(['EdDSA', 'ES256'])(
    'gives a token that anybody can check with the tenant’s published keys: %s (PT-2.2, PT-5.3, PT-5.6)',
    async (alg) => {
      const { party_token: token, jti, state } = await lab.issue({ alg, scope: 'a', stage: 'triage' });
      const keys = await fetch(`${lab.world.url}/v1/party-tokens/${lab.caller.tenantId}/jwks.json`);
      const { payload, protectedHeader } = await jwtVerify(
        token,
        createLocalJWKSet((await keys.json()) as JSONWebKeySet),
        {
          issuer: `${GATEWAY_URL}/v1/party-tokens/${lab.caller.tenantId}`,
          typ: 'party+jwt',
        },
      );
      expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid', 'typ']);
      expect(payload).toMatchObject({
        jti,
        sub: 'customer',
        act: { sub: 'bot' },
        client_id: lab.key.entry.id,
        scope: 'a',
      });
      expect([protectedHeader.alg, state]).toEqual([alg, 'active']);
    },
  );

  it('publishes keys for every id, so that nobody learns which tenants there are, and no private part (PT-5.6)', async () => {
    const texts = [lab.caller.tenantId, newId()].map(async (id) =>
      (await fetch(`${lab.world.url}/v1/party-tokens/${id}/jwks.json`)).text(),
    );
    for (const text of await Promise.all(texts)) {
      expect((JSON.parse(text) as JSONWebKeySet).keys).toHaveLength(6);
      expect(text).not.toContain('"d"');
    }
  });

  it.each([
    ['an API it is not subscribed to', 'invalid_target', { audience: { apis: ['SLUG/unsubscribed'] } }],
    ['an API that is not there', 'invalid_target', { audience: { apis: ['SLUG/nothing'] } }],
    ['a scope the key lacks', 'invalid_scope', { scope: 'a admin' }],
    ['no audience', 'invalid_request', { audience: {} }],
    ['a life of two days', 'invalid_request', { expires_in: 172_800 }],
    ['somebody acting who takes no part', 'invalid_request', { acting: 'nobody' }],
    [
      'two parties of one id',
      'invalid_request',
      {
        parties: [
          { id: 'bot', kind: 'agent' },
          { id: 'bot', kind: 'user' },
        ],
      },
    ],
    [
      'a private key',
      'invalid_request',
      {
        parties: [
          { id: 'bot', kind: 'agent', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), d: 'A'.repeat(43) } },
        ],
      },
    ],
    ['a large context', 'invalid_request', { context: { text: 'x'.repeat(2100) } }],
    ['a binding by something else than a thumbprint', 'invalid_request', { cnf: { jwk: {} } }],
    ['claims of its own choice', 'invalid_request', { iss: 'https://other.test' }],
  ] as const)('refuses %s (PT-5.1, PT-5.2, PT-5.4)', async (_what, error, more) => {
    const asked = { parties: PARTIES(lab.slug), acting: 'bot', audience: { apis: [`${lab.slug}/orders`] }, ...more };
    const body = JSON.parse(JSON.stringify(asked).replaceAll('SLUG', lab.slug)) as object;
    expect(await code(await lab.post('/v1/party-tokens', lab.key.secret, body))).toEqual([400, error]);
  });

  it('says the same of APIs that are not there and of others’ (PT-5.2)', async () => {
    const said = ['unsubscribed', 'nothing'].map(async (name) => {
      const asked = { parties: PARTIES(lab.slug), acting: 'bot', audience: { apis: [`${lab.slug}/${name}`] } };
      const answer = await lab.post('/v1/party-tokens', lab.key.secret, asked);
      return (await answer.text()).replaceAll(name, 'X');
    });
    const [one, other] = await Promise.all(said);
    expect(one).toBe(other);
  });
});

describe('a party token', () => {
  it('opens what its acting party may do, and is recorded with who acted for whom (PT-6.3, PT-6.4)', async () => {
    const { party_token: token, jti } = await lab.issue();
    const answer = await lab.call(`/${lab.slug}/orders/v1/orders/17`, token);
    expect(answer.status).toBe(200);
    expect(await lab.world.event(answer.headers.get('x-request-id'))).toMatchObject({
      applicationId: lab.caller.applicationId,
      keyId: lab.key.entry.id,
      subscriptionId: lab.caller.subscriptions[0]?.id,
      party: { acting: 'bot', principal: 'customer', tokenId: jti },
    });
    expect(JSON.stringify(lab.backend.received.at(-1)?.headers)).not.toContain(token.slice(0, 30));
  });

  it.each([
    ['writing where only reading is allowed', 'default', '/orders/v1/orders/17', { method: 'POST' }],
    ['another path', 'default', '/orders/v1/customers/17', {}],
    ['a path by another spelling', 'default', '/orders/v1/orders%2f17', {}],
    ['an address where nothing is', 'audience', '/nothing/v1/x', {}],
    ['an API outside its audience', 'audience', '/unsubscribed/v1/x', {}],
    ['background jobs of an API', 'audience', '/llm/v1/jobs', {}],
  ] as const)('does not open %s (PT-4.5, PT-6.3)', async (_what, rule, path, more) => {
    const { party_token: token } = await lab.issue();
    const answer = await lab.call(`/${lab.slug}${path}`, token, more);
    const text = await answer.text();
    expect([answer.status, text]).toEqual([403, expect.stringContaining('party_denied')]);
    expect(text).toContain(`decided by: ${rule}.`);
  });

  it('opens the model its party may ask, at both addresses, and no other (PT-6.3)', async () => {
    const { party_token: token } = await lab.issue();
    const ask = (path: string, model: string): Promise<Response> =>
      lab.call(path, token, {
        ...JSON_POST,
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }] }),
      });
    for (const path of ['/v1/chat/completions', `/${lab.slug}/llm/v1/chat/completions`]) {
      const answer = await ask(path, `${lab.slug}/fast`);
      expect(answer.status).toBe(200);
      expect(await lab.world.event(answer.headers.get('x-request-id'))).toMatchObject({
        party: { acting: 'bot' },
        model: 'fast',
      });
      expect(await code(await ask(path, `${lab.slug}/large`))).toEqual([403, 'party_denied']);
    }
    const listed = await lab.call(`/${lab.slug}/llm/v1/models`, token);
    expect(listed.status).toBe(200);
    const prompted = await lab.call(`/${lab.slug}/greet/v1`, token, { ...JSON_POST, body: '{"name":"A"}' });
    expect(prompted.status).toBe(200);
  });

  it('opens none of the gateway’s own addresses beside (PT-6.7)', async () => {
    const { party_token: token } = await lab.issue();
    for (const path of ['/v1/jobs', '/v1/files', '/v1/batches', '/v1/models']) {
      expect((await lab.call(path, token)).status, path).toBe(401);
    }
    for (const path of ['/v1/party-tokens', '/v1/party-tokens/revoke', '/v1/party-tokens/introspect', '/v1/feedback']) {
      expect((await lab.post(path, token, form(token))).status, path).toBe(401);
    }
    const later = await lab.call(`/${lab.slug}/llm/v1/chat/completions`, token, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'x' }] }),
    });
    expect(later.status).toBe(200);
  });

  it('opens no connection that outlives it (PT-6.7)', async () => {
    const { party_token: token } = await lab.issue();
    const headers = {
      authorization: `Bearer ${token}`,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    const status = await new Promise((resolve, reject) => {
      const call = request(`${lab.world.url}/${lab.slug}/orders/v1/orders/1`, { headers });
      call
        .on('response', (answer) => resolve(answer.statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it('is taken as the policy callers says: alone, not at all, with scopes out of its own (PT-6.1, PT-6.2)', async () => {
    const parties = [
      { id: 'bot', kind: 'agent', permissions: [{ actions: ['*'], resources: [`api:${lab.slug}/**`] }] },
    ];
    const [none, some] = [
      await lab.issue({ parties, on_behalf_of: 'bot' }),
      await lab.issue({ parties, on_behalf_of: 'bot', scope: 'a' }),
    ];
    const status = async (name: string, token: string): Promise<number> =>
      (await lab.call(`/${lab.slug}/${name}/v1/x`, token)).status;
    expect(await status('only', none.party_token)).toBe(200);
    expect(await status('only', lab.key.secret)).toBe(401);
    expect(await status('oauth', none.party_token)).toBe(401);
    expect([await status('scoped', none.party_token), await status('scoped', lab.key.secret)]).toEqual([403, 200]);
    const answer = await lab.call(`/${lab.slug}/scoped/v1/x`, some.party_token);
    expect(answer.status).toBe(200);
    expect(lab.backend.received.at(-1)?.headers).toMatchObject({
      'x-parley-scopes': 'a',
      'x-parley-subject': 'party:bot',
    });
  });

  it('ends with the key that issued it, within a second (PT-6.2)', async () => {
    const { party_token: token } = await lab.issue();
    const path = `/${lab.slug}/orders/v1/orders/1`;
    expect((await lab.call(path, token)).status).toBe(200);
    const change = (version: number, revokedAtMs: number | null) =>
      publishApplication(lab.world.redis, { ...lab.caller, version, keys: [{ ...lab.key.entry, revokedAtMs }] });
    const at = performance.now();
    await change(2, 1);
    await waitFor('the end', async () => (await lab.call(path, token)).status === 401 || undefined);
    expect(performance.now() - at).toBeLessThan(1000);
    await change(3, null);
    await waitFor('the key again', async () => (await lab.call(path, lab.key.secret)).status === 200 || undefined);
  });
});

describe('introspection, revocation, explanation', () => {
  it('tell the issuing application about its token, and nobody else (PT-7.1, PT-7.4)', async () => {
    const { party_token: token, jti } = await lab.issue({ allowance: { uses: 3 } });
    const ask = async (text: string, key: string): Promise<unknown> =>
      (await lab.post('/v1/party-tokens/introspect', key, form(text))).json();
    expect(await ask(token, lab.key.secret)).toMatchObject({
      active: true,
      jti,
      uses_left: 3,
      parties: [
        { id: 'customer', kind: 'user', role: 'customer' },
        { id: 'bot', kind: 'agent', role: 'assistant' },
      ],
    });
    for (const [text, key] of [
      [token, lab.stranger.secret],
      [`${token}x`, lab.key.secret],
      ['x', lab.key.secret],
    ] as const) {
      expect(await ask(text, key)).toEqual({ active: false });
    }
  });

  it('a revoked token is refused by the other node within a second; nobody else can revoke it (PT-6.5, PT-7.2)', async () => {
    const { party_token: token } = await lab.issue();
    const path = `/${lab.slug}/orders/v1/orders/1`;
    const there = (): Promise<Response> => lab.call(path, token, {}, lab.other.url);
    expect((await there()).status).toBe(200);
    const strange = await lab.post('/v1/party-tokens/revoke', lab.stranger.secret, form(token));
    expect([strange.status, await strange.text()]).toEqual([200, '']);
    expect((await there()).status).toBe(200);
    const at = performance.now();
    const answer = await lab.post('/v1/party-tokens/revoke', lab.key.secret, form(token));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect((await lab.call(path, token)).status).toBe(401);
    const refused = await waitFor('the end on the other node', async () => {
      const late = await there();
      return late.status === 401 ? late : undefined;
    });
    expect(performance.now() - at).toBeLessThan(1000);
    expect(refused.headers.get('www-authenticate')).toContain(
      'error="invalid_token", error_description="The token was revoked"',
    );
    const told = await lab.post('/v1/party-tokens/introspect', lab.key.secret, form(token));
    expect(await told.json()).toEqual({ active: false });
    expect((await lab.post('/v1/party-tokens/revoke', lab.key.secret, form(token))).status).toBe(200);
  });

  it('every token of a tenant ends when Redis has lost what was revoked (PT-6.5)', async () => {
    const { party_token: token } = await lab.issue();
    const { party_token: other } = await lab.issue();
    const path = `/${lab.slug}/orders/v1/orders/1`;
    await lab.post('/v1/party-tokens/revoke', lab.key.secret, form(token));
    expect((await lab.call(path, other)).status).toBe(200);
    const keys = await lab.world.redis.keys(`{parley:party:${lab.caller.tenantId}}*`);
    await lab.world.redis.del(...keys);
    for (const url of [lab.world.url, lab.other.url]) {
      await waitFor('the end', async () => (await lab.call(path, other, {}, url)).status === 401 || undefined);
      expect((await lab.call(path, token, {}, url)).status).toBe(401);
    }
    expect((await lab.call(path, (await lab.issue()).party_token)).status).toBe(200);
  });

  it('says which rule decides (PT-4.6, PT-7.3)', async () => {
    const rules = [
      {
        name: 'no refunds',
        effect: 'deny',
        who: { kinds: ['agent'] },
        actions: ['api:*'],
        resources: [`api:${lab.slug}/orders/v1/orders/refunds/**`],
      },
    ];
    const { party_token: token } = await lab.issue({ rules });
    const ask = async (action: string, resource: string): Promise<unknown> =>
      (await lab.post('/v1/party-tokens/explain', lab.key.secret, { token, action, resource })).json();
    const orders = `api:${lab.slug}/orders/v1/orders`;
    expect(await ask('api:read', `${orders}/17`)).toMatchObject({
      allowed: true,
      rule: 'parties[1].permissions[0] (see orders)',
    });
    expect(await ask('api:read', `${orders}/refunds/1`)).toMatchObject({
      allowed: false,
      rule: 'rules[0] (no refunds)',
    });
    expect(await ask('api:write', `${orders}/17`)).toMatchObject({ allowed: false, rule: 'default' });
    expect(await ask('api:read', `api:${lab.slug}/unsubscribed/v1/x`)).toMatchObject({
      allowed: false,
      rule: 'audience',
    });
    const stranger = await lab.post('/v1/party-tokens/explain', lab.stranger.secret, {
      token,
      action: 'api:read',
      resource: orders,
    });
    expect(await code(stranger)).toEqual([400, 'invalid_request']);
    const denied = await lab.call(`/${lab.slug}/orders/v1/orders/refunds/1`, token);
    expect(await denied.text()).toContain('rules[0] (no refunds)');
  });
});

describe('an allowance', () => {
  it('is never overdrawn by 200 calls at the same time over two nodes, and told to the holder (PT-6.6)', async () => {
    const { party_token: token } = await lab.issue({ allowance: { uses: 25 } });
    const left: string[] = [];
    let spent = 0;
    const call = async (i: number): Promise<void> => {
      const url = i % 2 === 0 ? lab.world.url : lab.other.url;
      const answer = await lab.call(`/${lab.slug}/orders/v1/orders/${i}`, token, {}, url);
      const uses = answer.headers.get('x-parley-uses-left');
      if (uses !== null) left.push(uses);
      else if ((await code(answer))[1] === 'party_allowance_spent') spent++;
      // A busy node may have refused it before it drew: so it is made again.
      else await call(i);
    };
    await Promise.all(Array.from({ length: 200 }, (_, i) => call(i)));
    expect(left.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    expect(spent).toBe(175);
  });

  it('gives back what limits refuse, and is not touched by bad calls (PT-6.6)', async () => {
    const parties = [
      { id: 'bot', kind: 'agent', permissions: [{ actions: ['api:read'], resources: [`api:${lab.slug}/tight/**`] }] },
    ];
    const { party_token: token } = await lab.issue({ parties, on_behalf_of: 'bot', allowance: { uses: 10 } });
    const path = `/${lab.slug}/tight/v1/x`;
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await lab.call(path, token)).status);
    expect(statuses).toEqual([200, 200, 429, 429, 429]);
    expect((await lab.call(path, token, { method: 'POST' })).status).toBe(403);
    await waitFor('uses given back', async () => {
      const told = await lab.post('/v1/party-tokens/introspect', lab.key.secret, form(token));
      return ((await told.json()) as { uses_left: number }).uses_left === 8 || undefined;
    });
  });

  it('that nothing is known of any more opens nothing (PT-6.6)', async () => {
    const { party_token: token, jti } = await lab.issue({ allowance: { uses: 5 } });
    await lab.world.redis.del(`{parley:party:${lab.caller.tenantId}}:uses:${jti}`);
    expect(await code(await lab.call(`/${lab.slug}/orders/v1/orders/1`, token))).toEqual([
      403,
      'party_allowance_spent',
    ]);
  });
});

it('tokens are not there on a gateway that does not know its address (PT-1.1)', async () => {
  const { party_token: token } = await lab.issue();
  expect(decodeJwt(token).iss).toContain(lab.caller.tenantId);
  const { openWorld } = await import('./world.ts');
  const plain = await openWorld();
  expect((await lab.call(`/${lab.slug}/orders/v1/orders/1`, token, {}, plain.url)).status).toBe(401);
  expect((await lab.post('/v1/party-tokens', lab.key.secret, {}, plain.url)).status).toBe(404);
  await plain.close();
});
