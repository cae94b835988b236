import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { INTERNAL_HEADER } from '@parley/contracts/explain';
import { OWN_CALL_PATH, type OwnCall } from '@parley/contracts/own-call';
import { newId } from '@parley/kernel/id';
import { isInternalCall } from '@parley/kernel/internal-call';
import { claimsSchema } from '@parley/party-token/claims';
import { signToken } from '@parley/party-token/compact';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { listAudit } from '../audit/list.ts';
import type { Context } from '../context.ts';
import { createKey } from '../keys/create.ts';
import { revokeKey } from '../keys/revoke.ts';
import { callStore } from '../requests/calls.suite.ts';
import { explainPartyToken } from './explain.ts';
import { inspectPartyToken } from './inspect.ts';
import { issuePartyToken } from './issue.ts';
import { listPartyTokens } from './list.ts';
import { revokePartyToken } from './revoke.ts';

const SECRET = 'p'.repeat(32);
const kit = testContext();
const store = callStore();
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const asked: OwnCall[] = [];
/** What the gateway says of tokens while a test runs. */
let introspected: object = { active: true };

const ANSWERS: readonly (readonly [end: string, answer: () => object | null])[] = [
  ['/jwks.json', () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'EdDSA', use: 'sig' }] })],
  ['/introspect', () => introspected],
  ['/revoke', () => null],
  ['/v1/party-tokens', () => ({ party_token: 'eyJ', expires_in: 900, jti: newId(), state: 'active' })],
];

/** Stands where the gateway would: believes only what is signed. */
const gateway = createServer((request, response) => {
  void text(request).then((body) => {
    const good = isInternalCall(String(request.headers[INTERNAL_HEADER]), SECRET, OWN_CALL_PATH, body, Date.now());
    const call = JSON.parse(body) as OwnCall;
    asked.push(call);
    const said = ANSWERS.find(([end]) => call.path.endsWith(end))?.[1]();
    const reply = { status: 200, body: said ? JSON.stringify(said) : '', refused: null };
    response.writeHead(good ? 200 : 401).end(JSON.stringify(reply));
  });
}).listen(0, '127.0.0.1');

beforeAll(async () => {
  if (!gateway.listening) await once(gateway, 'listening');
});
afterAll(async () => {
  gateway.close();
  await Promise.all([kit.close(), store.close()]);
});

async function lab() {
  const tenant = await kit.tenant();
  const gatewayUrl = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  const knowing = (context: Context): Context => {
    return { ...context, settings: { ...context.settings, gatewayUrl, internalSecret: SECRET } };
  };
  const owner = knowing(tenant.owner);
  const { id } = await createApplication(owner, { slug: 'desk', name: 'Desk' });
  const key = await createKey(owner, { application: 'desk', name: 'main' });
  const seconds = Math.floor(Date.now() / 1000);
  const jti = newId();
  const token = (more: object = {}): string => {
    const claims = claimsSchema.parse({
      iss: `https://gateway.test/v1/party-tokens/${tenant.tenantId}`,
      aud: [`urn:parley:api:${newId()}`],
      sub: 'mira',
      act: { sub: 'sam', act: { sub: 'bot' } },
      iat: seconds,
      exp: seconds + 900,
      jti,
      gen: 1,
      app: id,
      client_id: key.id,
      parties: ['mira', 'bot', 'sam'].map((party) => ({ id: party, kind: 'user' })),
      ...more,
    });
    return signToken(claims, { kid: 'k1', alg: 'EdDSA', privateKey, publicKey }) ?? '';
  };
  return { ...tenant, knowing, owner, key, id, jti, token, seconds };
}

test('a token is told to be good or not, why, and what it says', async () => {
  const { owner, key, token, seconds, jti } = await lab();
  introspected = { active: true, uses_left: 7 };
  const good = await inspectPartyToken(owner, { token: token() });
  expect(good).toMatchObject({
    active: true,
    whyNot: null,
    usesLeft: 7,
    key: 'main',
    actedBefore: ['bot'],
    claims: { jti },
  });
  const ended = await inspectPartyToken(owner, { token: token({ iat: seconds - 900, exp: seconds - 1 }) });
  expect(ended).toMatchObject({ active: false, whyNot: 'The token has expired.' });
  const [head, body] = token().split('.');
  const changed = await inspectPartyToken(owner, { token: `${head}.${body}.${'A'.repeat(86)}` });
  expect(changed).toMatchObject({ active: false, whyNot: 'The signature is not good.', claims: null });
  introspected = { active: false, state: 'pending' };
  expect((await inspectPartyToken(owner, { token: token() })).whyNot).toContain('Not enough parties have signed');
  introspected = { active: false };
  expect((await inspectPartyToken(owner, { token: token() })).whyNot).toContain('It was revoked');
  await revokeKey(owner, { id: key.id });
  expect((await inspectPartyToken(owner, { token: token() })).whyNot).toContain('The key');
});

test('issuing and revoking stand in the audit log, the token does not', async () => {
  const { owner, key, token, jti, knowing, as } = await lab();
  const request = { parties: [{ id: 'mira', kind: 'user' }], audience: { apis: [] }, context: { note: 'kept out' } };
  await issuePartyToken(owner, { application: 'desk', key: key.id, request });
  expect(asked.at(-1)).toMatchObject({ path: '/v1/party-tokens', keyId: key.id, body: JSON.stringify(request) });
  await revokePartyToken(owner, { token: token() });
  const { items } = await listAudit(owner, { action: 'partyTokens.' });
  expect(items.map(({ action }) => action)).toEqual(['partyTokens.revoke', 'partyTokens.issue']);
  expect(items[0]?.subject).toMatchObject({ id: jti, label: 'Desk' });
  expect(items[1]?.detail).toMatchObject({ key: 'main', parties: ['mira'] });
  expect(JSON.stringify(items)).not.toMatch(/eyJ|kept out/);
  const viewer = knowing(await as('viewer'));
  await expect(revokePartyToken(viewer, { token: token() })).rejects.toMatchObject({ code: 'forbidden' });
});

test('another tenant’s token is as good as none, and its key issues nothing', async () => {
  const [theirs, mine] = [await lab(), await lab()];
  const before = asked.length;
  for (const token of [theirs.token(), 'eyJ.not.one', 'pk_live_x']) {
    for (const verb of [inspectPartyToken, revokePartyToken]) {
      await expect(verb(mine.owner, { token })).rejects.toMatchObject({ code: 'not_found' });
    }
    const question = { token, action: 'model:ask', resource: 'model:aurora/swift' } as const;
    await expect(explainPartyToken(mine.owner, question)).rejects.toMatchObject({ code: 'not_found' });
  }
  const request = { application: 'desk', key: theirs.key.id, request: {} };
  await expect(issuePartyToken(mine.owner, request)).rejects.toMatchObject({ code: 'not_found' });
  expect(asked).toHaveLength(before);
});

test('tokens are known by the calls they made', async () => {
  const { owner, tenantId, id, jti, token } = await lab();
  const call = {
    tenantId: newId(),
    consumerTenantId: tenantId,
    applicationId: id,
    partyActing: 'bot',
    partyPrincipal: 'mira',
  };
  const paid = { ...call, partyTokenId: jti, costNano: 5n, sessionId: 'ses_x' };
  await store.store(paid, { ...paid, status: 403 }, { ...call, partyTokenId: newId(), partyActing: 'sam' });
  await revokePartyToken(owner, { token: token() });
  const { items } = await listPartyTokens(owner, { party: 'bot' });
  expect(items).toMatchObject([
    { tokenId: jti, acting: 'bot', principal: 'mira', calls: 2, failed: 1, costs: [{ currency: 'USD', nano: '10' }] },
  ]);
  expect(items[0]).toMatchObject({ application: { name: 'Desk' }, sessions: ['ses_x'] });
  expect(items[0]?.revokedAt).not.toBeNull();
  const page = await listPartyTokens(owner, { limit: 1 });
  expect(page.items).toHaveLength(1);
  expect((await listPartyTokens(owner, { cursor: page.nextCursor ?? '' })).items).toHaveLength(1);
  const stranger = await kit.tenant();
  expect((await listPartyTokens(stranger.owner, {})).items).toEqual([]);
});
