import type { ApplicationSnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKey, application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const ISSUER = 'https://gateway.test';
let world: World;
let backend: UpstreamServer;
let base: string;
let caller: ApplicationSnapshot;
let key: ReturnType<typeof apiKey>;

beforeAll(async () => {
  world = await openWorld({ gatewayUrl: `${ISSUER}/` });
  backend = await startUpstream((_, response) => sendJson(response, 200, {}));
  const pub = publisher(`oauth-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  const subscriptions = [{ scopes: ['a'] }, {}].map((more, index) => {
    const made = restApi(pub, index === 0 ? 'scoped' : 'plain', target.id);
    for (const version of made.versions) version.policies = { callers: { methods: [{ kind: 'oauth2' }], ...more } };
    return subscription(pub, made);
  });
  key = apiKey({ scopes: ['a', 'b'] });
  caller = application(subscriptions, [key.entry, apiKey().entry]);
  base = `${world.url}/${pub.doc.slug}`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, caller);
});
afterAll(async () => {
  await world.close();
  await backend.close();
});

const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const ask = (form: Record<string, string> | string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${world.url}/oauth/token`, { method: 'POST', headers, body: new URLSearchParams(form) });
const GRANT = { grant_type: 'client_credentials' };

async function token(scope?: string): Promise<string> {
  const answer = await ask({ ...GRANT, ...(scope === undefined ? {} : { scope }) }, basic(key.entry.id, key.secret));
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}
const call = (path: string, text: string): Promise<Response> =>
  fetch(`${base}${path}`, { headers: { authorization: `Bearer ${text}` } });

describe('the token endpoint', () => {
  it('gives an access token for a key, by header or body, that anybody can check with the published keys', async () => {
    const inBody = { ...GRANT, client_id: key.entry.id, client_secret: key.secret, scope: 'b' };
    for (const answer of [await ask(GRANT, basic(key.entry.id, key.secret)), await ask(inBody)]) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const body = (await answer.json()) as Record<string, string>;
      expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900 });
      const jwks = createRemoteJWKSet(new URL(`${world.url}/.well-known/jwks.json`));
      const { payload } = await jwtVerify(body['access_token'] ?? '', jwks, {
        issuer: ISSUER,
        audience: ISSUER,
        typ: 'at+jwt',
      });
      expect(payload).toMatchObject({ client_id: key.entry.id, scope: body['scope'] });
      expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ keyId: key.entry.id, apiId: null });
    }
  });

  it('describes itself (RFC 8414)', async () => {
    const answer = await fetch(`${world.url}/.well-known/oauth-authorization-server`);
    expect(await answer.json()).toMatchObject({ issuer: ISSUER, token_endpoint: `${ISSUER}/oauth/token` });
  });

  it.each([
    ['another grant', 400, 'unsupported_grant_type', { grant_type: 'password' }, true],
    ['no grant', 400, 'invalid_request', {}, true],
    ['a scope the key lacks', 400, 'invalid_scope', { ...GRANT, scope: 'a admin' }, true],
    ['a parameter twice', 400, 'invalid_request', 'grant_type=client_credentials&scope=a&scope=b', true],
    ['two secrets', 400, 'invalid_request', { ...GRANT, client_secret: 'x' }, true],
    ['no client', 401, 'invalid_client', GRANT, false],
    ['a wrong secret', 401, 'invalid_client', { ...GRANT, client_id: newId(), client_secret: 'x' }, false],
  ] as const)('refuses %s', async (_what, status, error, form, known) => {
    const answer = await ask(form, known ? basic(key.entry.id, key.secret) : {});
    expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([status, error]);
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Basic realm="parley"');
  });

  it('refuses a good secret under another key’s id, JSON, other methods, and other credentials', async () => {
    const other = caller.keys[1]?.id ?? '';
    expect((await ask(GRANT, basic(other, key.secret))).status).toBe(401);
    expect((await ask(GRANT, { authorization: `Bearer ${key.secret}` })).status).toBe(401);
    const json = await fetch(`${world.url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(json.status).toBe(400);
    expect((await fetch(`${world.url}/oauth/token`)).status).toBe(401);
    const away = await fetch(`${world.url}/oauth/token`, { headers: { 'x-api-key': key.secret } });
    expect([away.status, away.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is not there on a gateway that does not know its address', async () => {
    const plain = await openWorld();
    const answer = await fetch(`${plain.url}/oauth/token`, { method: 'POST', body: new URLSearchParams(GRANT) });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.status).toBe(401);
    await plain.close();
  });
});

describe('an access token', () => {
  it('opens an API as the key it stands for, with the scopes it was given', async () => {
    const answer = await call('/scoped/v1/x', await token('a'));
    expect(answer.status).toBe(200);
    expect(backend.received.at(-1)?.headers).toMatchObject({
      'x-parley-scopes': 'a',
      'x-parley-subject': key.entry.id,
    });
    expect(await world.event(answer.headers.get('x-request-id'))).toMatchObject({ keyId: key.entry.id });
    expect((await call('/scoped/v1/x', await token('b'))).status).toBe(403);
  });

  it('of others, changed, or under another header is refused', async () => {
    const [head = '', body = '', signature = ''] = (await token()).split('.');
    const rich = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const forged = Buffer.from(JSON.stringify({ ...rich, scope: 'a admin' })).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    const bads = [
      `${head}.${forged}.${signature}`,
      `${none}.${body}.`,
      `${none}.${body}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}.${signature}.x`,
    ];
    for (const bad of bads) expect((await call('/plain/v1/x', bad)).status, bad).toBe(401);
    expect((await call('/plain/v1/x', key.secret)).status).toBe(401);
  });

  it('ends with its key, and loses the scopes the key loses, within a second', async () => {
    const all = await token();
    const change = (version: number, more: object) =>
      publishApplication(world.redis, { ...caller, version, keys: [{ ...key.entry, ...more }] });
    let at = performance.now();
    await change(2, { scopes: ['b'] });
    await waitFor('fewer scopes', async () => (await call('/scoped/v1/x', all)).status === 403 || undefined);
    expect(performance.now() - at).toBeLessThan(1000);
    expect((await call('/plain/v1/x', all)).status).toBe(200);
    at = performance.now();
    await change(3, { revokedAtMs: 1 });
    await waitFor('the end', async () => (await call('/plain/v1/x', all)).status === 401 || undefined);
    expect(performance.now() - at).toBeLessThan(1000);
  });
});
