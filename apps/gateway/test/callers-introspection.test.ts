import type { ApplicationSnapshot, IdentitySnapshot } from '@parley/contracts/snapshot';
import { newId } from '@parley/kernel/id';
import { seal } from '@parley/kernel/seal';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { application, publisher, restApi, subscription, upstream } from './documents.ts';
import { publishApplication, publishTenant } from './publish.ts';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';
import { openWorld, type World } from './world.ts';

const ISSUER = `https://vouch-${newId()}.test/`;
const CREDENTIAL = `Basic ${btoa('gateway:secret')}`;
let world: World;
let backend: UpstreamServer;
let login: UpstreamServer;
let base: string;
let caller: ApplicationSnapshot;
/** What the issuer says of each token; a text is sent as it is. */
const tokens = new Map<string, object | string>();
let status = 200;

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const good = (more: object = {}): object => ({
  active: true,
  client_id: 'shop-client',
  sub: 'user-1',
  scope: 'orders:read',
  exp: inSeconds(300),
  ...more,
});

beforeAll(async () => {
  world = await openWorld();
  backend = await startUpstream((_, response) => sendJson(response, 200, { hello: true }));
  login = await startUpstream(({ body }, response) => {
    const token = new URLSearchParams(body.toString()).get('token') ?? '';
    sendJson(response, status, tokens.get(token) ?? { active: false });
  });
  const pub = publisher(`intro-${newId().slice(-8)}`);
  const target = upstream(pub, backend.url);
  upstream(pub, `${login.url}/realm/`, {
    slug: 'login',
    auth: { header: 'Authorization', sealed: seal(pub.dataKey, CREDENTIAL, 'upstream_auth') },
  });
  upstream(pub, 'http://127.0.0.1:9', { slug: 'away' });
  const ask = { kind: 'introspection', issuer: ISSUER, upstream: 'login' };
  const policies: Record<string, object> = {
    plain: { methods: [ask] },
    scoped: { methods: [ask, { kind: 'apiKey' }], scopes: ['orders:read'] },
    always: { methods: [{ ...ask, cacheSeconds: 0 }] },
    strict: { methods: [{ ...ask, audiences: ['https://orders.test'], prefix: 'ory_' }] },
    away: { methods: [{ ...ask, upstream: 'away' }] },
    gone: { methods: [{ ...ask, upstream: 'nowhere' }] },
    open: { methods: [{ ...ask, anonymousSubject: true, application: 'everyone' }] },
  };
  const apis = Object.entries(policies).map(([name, callers]) => {
    const made = restApi(pub, name, target.id);
    for (const version of made.versions) version.policies = { callers };
    return made;
  });
  const identity: IdentitySnapshot = {
    id: newId(),
    kind: 'client',
    issuer: ISSUER,
    subject: 'shop-client',
    scopes: [],
    sealed: null,
  };
  const subscriptions = () => apis.map((one) => subscription(pub, one));
  caller = { ...application(subscriptions(), []), slug: 'shop', identities: [identity] };
  const own = { ...application(subscriptions(), []), tenantId: pub.doc.tenantId, slug: 'everyone' };
  base = `${world.url}/${pub.doc.slug}`;
  await publishTenant(world.redis, pub.doc);
  await publishApplication(world.redis, caller);
  await publishApplication(world.redis, own);
});
afterAll(async () => {
  await world.close();
  await Promise.all([backend.close(), login.close()]);
});
beforeEach(() => {
  status = 200;
});

const call = (api: string, token: string): Promise<Response> =>
  fetch(`${base}/${api}/v1/echo`, { headers: { authorization: `Bearer ${token}` } });
/** A token nobody has used, with what the issuer says of it. */
function token(says: object | string, prefix = 'tok_'): string {
  const made = `${prefix}${newId()}`;
  tokens.set(made, says);
  return made;
}
const asked = (about: string): number =>
  login.received.filter(({ body }) => new URLSearchParams(body.toString()).get('token') === about).length;
const codeOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { code?: string }).code;

describe('a token that its issuer vouches for', () => {
  it('counts to the application of its client; the issuer is asked with the sealed credential, once', async () => {
    const one = token(good());
    const answers = [await call('plain', one), await call('plain', one)];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    expect(asked(one)).toBe(1);
    const question = login.received.at(-1);
    expect(question).toMatchObject({ method: 'POST', url: '/realm/oauth2/introspect' });
    expect(question?.headers.authorization).toBe(CREDENTIAL);
    expect(question?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    const event = await world.event(answers[0]?.headers.get('x-request-id') ?? null);
    expect(event.applicationId).toBe(caller.applicationId);
    const sent = backend.received.at(-1)?.headers ?? {};
    expect(sent['x-parley-subject']).toBe('user-1');
    expect(sent['x-parley-scopes']).toBe('orders:read');
    expect(sent['authorization']).toBeUndefined();
  });

  it('is asked about once however many calls bring it at the same time', async () => {
    const one = token(good());
    const answers = await Promise.all(Array.from({ length: 20 }, () => call('plain', one)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(asked(one)).toBe(1);
  });

  it('ends when it says so, whatever is remembered; and is asked about anew where nothing is', async () => {
    const one = token(good({ exp: inSeconds(2) }));
    expect((await call('plain', one)).status).toBe(200);
    await waitFor('the token to end', async () => (await call('plain', one)).status === 401, { timeoutMs: 5000 });
    const two = token(good());
    await call('always', two);
    await call('always', two);
    expect(asked(two)).toBe(2);
    tokens.set(two, { active: false });
    expect((await call('always', two)).status).toBe(401);
  });

  it('carries its scopes; without a registered client it counts to nobody, or where the policy says so', async () => {
    expect((await call('scoped', token(good()))).status).toBe(200);
    expect((await call('scoped', token(good({ scope: 'other' })))).status).toBe(403);
    expect((await call('plain', token(good({ client_id: 'nobody' })))).status).toBe(401);
    expect((await call('open', token(good({ client_id: 'nobody' })))).status).toBe(200);
  });
});

describe('a token that is not good', () => {
  it.each<[string, object, string]>([
    ['is not active', { active: false }, 'The token is not active'],
    ['has ended', good({ exp: inSeconds(-1) }), 'The token has expired'],
    ['has an end that is no number', good({ exp: '9999999999' }), 'The token has expired'],
    ['begins later', good({ nbf: inSeconds(60) }), 'The token is not good yet'],
    ['is of another issuer', good({ iss: 'https://evil.test/' }), 'The claim iss does not fit'],
    ['needs a proof', good({ cnf: { 'x5t#S256': 'x' } }), 'Sender-constrained'],
  ])('%s: 401 with the reason in the challenge, remembered for a while', async (_, says, reason) => {
    const one = token(says);
    for (let round = 0; round < 2; round++) {
      const answer = await call('plain', one);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain(reason);
    }
    expect(asked(one)).toBe(1);
  });

  it('is for another audience, or does not look like one of the issuer’s', async () => {
    expect((await call('strict', token(good({ aud: 'https://orders.test' }), 'ory_'))).status).toBe(200);
    expect((await call('strict', token(good({ aud: ['x', 'https://orders.test'] }), 'ory_'))).status).toBe(200);
    for (const says of [good(), good({ aud: 'https://bank.test' }), good({ aud: ['https://orders.test.evil'] })]) {
      expect((await call('strict', token(says, 'ory_'))).status).toBe(401);
    }
    const foreign = token(good({ aud: 'https://orders.test' }));
    expect((await call('strict', foreign)).status).toBe(401);
    expect(asked(foreign)).toBe(0);
    const long = 'x'.repeat(8193);
    expect((await call('plain', long)).status).toBe(401);
    expect(asked(long)).toBe(0);
  });
});

describe('an issuer that cannot be asked', () => {
  it.each<[string, () => string]>([
    ['answers 500', () => ((status = 500), token(good()))],
    ['does not know our credential', () => ((status = 401), token({ active: true }))],
    ['answers what is no JSON', () => token('<html>')],
    ['does not say whether it is active', () => token({ client_id: 'shop-client' })],
    ['says it in a text', () => token({ active: 'true', client_id: 'shop-client' })],
    ['says it twice', () => token('{"active":false,"active":true,"client_id":"shop-client"}')],
  ])('%s: 503 and never 401, and nothing is remembered', async (_, make) => {
    const one = make();
    const answer = await call('always', one);
    expect([answer.status, await codeOf(answer)]).toEqual([503, 'issuer_unavailable']);
    expect(answer.headers.get('retry-after')).toBe('5');
    status = 200;
    tokens.set(one, good());
    await waitFor('the issuer to be asked again', async () => (await call('always', one)).status === 200, {
      timeoutMs: 10_000,
    });
  });

  it('is away or no upstream any more: 503', async () => {
    for (const api of ['away', 'gone']) {
      const answer = await call(api, token(good()));
      expect([answer.status, await codeOf(answer)], api).toEqual([503, 'issuer_unavailable']);
    }
  });

  it('is left alone for a while after five failures in a row; what is remembered goes on', async () => {
    const known = token(good());
    expect((await call('scoped', known)).status).toBe(200);
    status = 500;
    const before = login.received.length;
    for (let i = 0; i < 12; i++) expect((await call('scoped', token(good()))).status).toBe(503);
    expect(login.received.length - before).toBe(5);
    expect((await call('scoped', known)).status).toBe(200);
  });
});
