import type { ApplicationSnapshot, IdentitySnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { exportSPKI, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, apiKey, application, model, provider, publisher, restApi, subscription, upstream } from './documents.ts';
import { AUDIENCE, type Issuer, newSigningKey, startIssuer } from './issuer.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { completion, sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let backend: UpstreamServer;
let issuer: Issuer;
let other: Issuer;
let base: string;
let caller: ApplicationSnapshot;
let own: ApplicationSnapshot;
let key: ReturnType<typeof apiKey>;

const identity = (subject: string, of = issuer.issuer): IdentitySnapshot => ({
  id: newId(),
  kind: 'client',
  issuer: of,
  subject,
  scopes: [],
  sealed: null,
});

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, completion('hello')));
  issuer = await startIssuer('login');
  other = await startIssuer('other');
  const pub = publisher(`jwt-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  model(pub, provider(pub, backend.url).id, 'fast');
  const jwt = { kind: 'jwt' as const, issuer: issuer.issuer, audiences: [AUDIENCE], jwksUrl: issuer.jwksUrl };
  const policies: Record<string, object> = {
    plain: { methods: [jwt] },
    both: { methods: [jwt, { kind: 'apiKey', header: 'x-acme-key', query: 'key' }] },
    open: { methods: [{ ...jwt, anonymousSubject: true, application: 'everyone' }] },
    strict: { methods: [{ ...jwt, requiredClaims: [{ name: 'tier', value: 'gold' }], maxAgeSeconds: 60 }] },
    quiet: { methods: [jwt], identityHeaders: false },
    pem: { methods: [{ ...jwt, jwksUrl: undefined, publicKey: await pemOf(issuer), algorithms: ['ES256'] }] },
    away: { methods: [{ ...jwt, jwksUrl: 'http://127.0.0.1:9/jwks' }] },
    scoped: { methods: [jwt, { kind: 'apiKey' }], scopes: ['orders:read'] },
    keys: { scopes: ['orders:read'] },
  };
  const apis = Object.entries(policies).map(([name, callers]) => {
    const made = restApi(pub, name, target.id);
    for (const version of made.versions) version.policies = { callers: JSON.parse(JSON.stringify(callers)) };
    return made;
  });
  const routes = ['/read', '/write'].map((path) => ({
    id: newId(),
    method: 'GET' as const,
    path,
    upstreamId: target.id,
    upstreamPath: null,
    ...(path === '/write' ? { policies: { callers: { scopes: ['orders:write'] } } } : {}),
  }));
  const mixed = api(pub, 'mixed', { kind: 'rest', routes });
  const llm = api(pub, 'llm', { kind: 'llm', models: ['fast'] });
  for (const one of [mixed, llm]) for (const version of one.versions) version.policies = { callers: policies['plain'] };
  apis.push(mixed, llm);
  key = apiKey({ scopes: ['orders:read'] });
  const subscriptions = () => apis.map((one) => subscription(pub, one));
  caller = { ...application(subscriptions(), [key.entry]), slug: 'shop', identities: [identity('shop-client')] };
  own = { ...application(subscriptions(), []), tenantId: pub.doc.tenantId, slug: 'everyone' };
  base = `${world.url}/${pub.doc.slug}`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, caller);
  await publishApplication(world.redis, own);
});
afterAll(async () => {
  await world.close();
  await Promise.all([backend.close(), issuer.server.close(), other.server.close()]);
});

async function pemOf(of: Issuer): Promise<string> {
  const pair = await newSigningKey('pem');
  of.keys.push(pair);
  return exportSPKI((await importJWK(pair.publicJwk, 'ES256')) as Parameters<typeof exportSPKI>[0]);
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const call = (path: string, headers: Record<string, string>): Promise<Response> => fetch(`${base}${path}`, { headers });
const challengeOf = (answer: Response): string => answer.headers.get('www-authenticate') ?? '';
const codeOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code?: string }).code;

describe('a token of the issuer', () => {
  it('opens the API to the application its client is registered with, by client_id or azp', async () => {
    for (const claims of [{ client_id: 'shop-client' }, { azp: 'shop-client' }]) {
      const answer = await call('/plain/v1/orders', bearer(await issuer.token(claims)));
      expect(answer.status).toBe(200);
      const event = await world.event(answer.headers.get('x-request-id'));
      expect(event).toMatchObject({ applicationId: caller.applicationId, keyId: caller.identities?.[0]?.id });
    }
  });

  it('is told to the upstream as application, tenant, subject and scopes; what the client says of these is dropped', async () => {
    const token = await issuer.token({ client_id: 'shop-client', sub: 'Zoë', scope: 'orders:read a"b orders:write' });
    const lies = { 'x-parley-application': 'x', 'X-Parley-Subject': 'root', x_parley_scopes: 'all' };
    expect((await call('/plain/v1/orders', { ...bearer(token), ...lies })).status).toBe(200);
    const { headers } = backend.received.at(-1) ?? { headers: {} };
    expect(headers).toMatchObject({
      'x-parley-application': caller.applicationId,
      'x-parley-tenant': caller.tenantId,
      'x-parley-subject': 'Zo%C3%AB',
      'x-parley-scopes': 'orders:read orders:write',
    });
    expect(headers).not.toHaveProperty('authorization');
    expect(headers).not.toHaveProperty('x_parley_scopes');
    expect((await call('/quiet/v1/orders', { ...bearer(token), ...lies })).status).toBe(200);
    expect(Object.keys(backend.received.at(-1)?.headers ?? {}).filter((name) => /x.parley/.test(name))).toEqual([]);
  });

  it('counts to the application the policy names when nobody registered its client, if the policy says so', async () => {
    const token = await issuer.token({ client_id: 'nobody' });
    expect((await call('/plain/v1/orders', bearer(token))).status).toBe(401);
    const answer = await call('/open/v1/orders', bearer(token));
    expect(answer.status).toBe(200);
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ applicationId: own.applicationId });
  });

  it('is checked with a key in the policy as well as with the issuer’s', async () => {
    const pem = issuer.keys.find(({ kid }) => kid === 'pem');
    expect(
      (await call('/pem/v1/x', bearer(await issuer.token({ azp: 'shop-client' }, { kid: undefined }, pem)))).status,
    ).toBe(200);
    expect((await call('/pem/v1/x', bearer(await issuer.token({ azp: 'shop-client' })))).status).toBe(401);
  });

  it('must hold the claims the policy requires, and be no older than it says', async () => {
    const good = { client_id: 'shop-client', tier: ['silver', 'gold'] };
    expect((await call('/strict/v1/x', bearer(await issuer.token(good)))).status).toBe(200);
    expect((await call('/strict/v1/x', bearer(await issuer.token({ ...good, tier: 'tin' })))).status).toBe(401);
    const old = Math.floor(Date.now() / 1000) - 120;
    expect((await call('/strict/v1/x', bearer(await issuer.token({ ...good, iat: old })))).status).toBe(401);
  });

  it('ends at once when its identity is removed', async () => {
    const token = await issuer.token({ client_id: 'leaver' });
    const gone = { ...application(caller.subscriptions, []), identities: [identity('leaver')] };
    await publishApplication(world.redis, gone);
    await waitFor('the identity', async () => (await call('/plain/v1/x', bearer(token))).status === 200 || undefined);
    const removedAt = performance.now();
    await publishApplication(world.redis, { ...gone, version: 2, identities: [] });
    await waitFor('the end', async () => (await call('/plain/v1/x', bearer(token))).status === 401 || undefined);
    expect(performance.now() - removedAt).toBeLessThan(1000);
  });

  it('makes a new key of the issuer known by its kid', async () => {
    const next = await newSigningKey('next');
    other.keys.unshift(next);
    const foreign = await other.token({ client_id: 'shop-client' });
    expect((await call('/plain/v1/x', bearer(foreign))).status).toBe(401);
    const fresh = await newSigningKey('rotated');
    issuer.keys.push(fresh);
    const asked = issuer.server.received.length;
    const token = await issuer.token({ client_id: 'shop-client' }, {}, fresh);
    // Within 30 s of the last look the issuer is not asked again: refused now, and no request went out.
    const answer = await call('/plain/v1/x', bearer(token));
    expect([200, 401]).toContain(answer.status);
    expect(issuer.server.received.length - asked).toBeLessThanOrEqual(1);
  });
});

describe('a stranger', () => {
  it('learns nothing of the path but the challenge of its endpoint', async () => {
    const tell = async (path: string, headers: Record<string, string>): Promise<unknown> => {
      const answer = await call(path, headers);
      const id = answer.headers.get('x-request-id') ?? '';
      const rest = [...answer.headers].filter(([name]) => !['x-request-id', 'date', 'www-authenticate'].includes(name));
      return { status: answer.status, rest, body: (await answer.text()).replaceAll(id, 'ID') };
    };
    const tokens = [await issuer.token({ client_id: 'nobody' }), 'eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.', 'junk'];
    for (const headers of [{}, { 'x-api-key': 'pk_live_x' }, { 'x-acme-key': 'x' }, ...tokens.map(bearer)]) {
      const nowhere = await tell('/nothing/v1/x', headers);
      for (const path of ['/plain/v1/x', '/both/v1/x', '/both/v1/x?key=abc', '/mixed/v1/none', '/mixed/v1/read']) {
        expect(await tell(path, headers), path).toEqual(nowhere);
      }
    }
  });

  it('is told the methods in their order', async () => {
    expect(challengeOf(await call('/both/v1/x', {}))).toBe('Bearer realm="parley", header="x-acme-key"');
    expect(challengeOf(await call('/nothing/v1/x', {}))).toBe('Bearer realm="parley"');
  });
});

describe('an API key', () => {
  it('is taken from the header or query the policy names, and is not passed on', async () => {
    expect((await call('/both/v1/x?a=1&key=' + key.secret + '&b=%20', {})).status).toBe(200);
    expect(backend.received.at(-1)?.url).toBe('/x?a=1&b=%20');
    expect((await call('/both/v1/x', { 'x-acme-key': key.secret })).status).toBe(200);
    expect(backend.received.at(-1)?.headers).not.toHaveProperty('x-acme-key');
    expect((await call('/both/v1/x', { 'x-api-key': key.secret, ...bearer(await issuer.token()) })).status).toBe(200);
  });

  it('does not open an API that takes tokens only, neither there nor at /v1', async () => {
    const answer = await call('/plain/v1/x', { 'x-api-key': key.secret });
    expect([answer.status, await codeOf(answer)]).toEqual([401, 'credentials_refused']);
    const chat = await fetch(`${world.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-api-key': key.secret, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'fast', messages: [] }),
    });
    expect(chat.status).toBe(401);
    expect(await world.event(chat.headers.get('x-request-id'))).toMatchObject({ code: 'credentials_refused' });
  });
});

describe('scopes', () => {
  it('of the policy must be carried, all of them; a route asks for its own and keeps the methods', async () => {
    const token = (scope: string) => issuer.token({ client_id: 'shop-client', scope });
    expect((await call('/scoped/v1/x', bearer(await token('orders:read more')))).status).toBe(200);
    const answer = await call('/scoped/v1/x', bearer(await token('orders:readx')));
    expect([answer.status, await codeOf(answer)]).toEqual([403, 'scope_missing']);
    expect(challengeOf(answer)).toBe('Bearer realm="parley", error="insufficient_scope", scope="orders:read"');
    expect((await call('/mixed/v1/read', bearer(await token('')))).status).toBe(200);
    expect((await call('/mixed/v1/write', bearer(await token('orders:read')))).status).toBe(403);
    expect((await call('/mixed/v1/write', bearer(await token('orders:write')))).status).toBe(200);
    expect((await call('/mixed/v1/write', { 'x-api-key': key.secret })).status).toBe(401);
  });

  it('of an API key are those it was given; without any it has none', async () => {
    for (const path of ['/scoped/v1/x', '/keys/v1/x']) {
      expect((await call(path, { 'x-api-key': key.secret })).status, path).toBe(200);
      expect(backend.received.at(-1)?.headers).toMatchObject({
        'x-parley-scopes': 'orders:read',
        'x-parley-subject': key.entry.id,
      });
    }
    const bare = apiKey();
    await publishApplication(world.redis, { ...application(caller.subscriptions, [bare.entry]) });
    for (const path of ['/scoped/v1/x', '/keys/v1/x']) {
      expect((await call(path, { 'x-api-key': bare.secret })).status, path).toBe(403);
    }
  });
});

describe('an issuer that is away', () => {
  it('lets nobody in, and says that it is not the token', async () => {
    const answer = await call('/away/v1/x', bearer(await issuer.token({ client_id: 'shop-client' })));
    expect([answer.status, await codeOf(answer)]).toEqual([503, 'issuer_unavailable']);
  });
});
