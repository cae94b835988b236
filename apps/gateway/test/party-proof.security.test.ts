import { generateKeyPairSync, hash } from 'node:crypto';
import { newId } from '@parley/kernel/id';
import { waitFor } from '@parley/testkit/wait-for';
import { calculateJwkThumbprint, decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GATEWAY_URL, openPartyLab, PARTIES, type PartyLab } from './party-lab.ts';

/** docs/party-tokens.md, section 12: tokens bound to a key of their holder. */
let lab: PartyLab;
let path: string;
let token: string;
const holder = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ed25519');
const thumbprintOf = ({ publicKey }: typeof holder): Promise<string> =>
  calculateJwkThumbprint(publicKey.export({ format: 'jwk' }));

beforeAll(async () => {
  lab = await openPartyLab();
  path = `/${lab.slug}/orders/v1/orders/1`;
  token = (await lab.issue({ cnf: { jkt: await thumbprintOf(holder) } })).party_token;
});
afterAll(() => lab.close());

interface Said {
  readonly key?: typeof holder;
  readonly alg?: string;
  readonly method?: string;
  readonly url?: string;
  readonly of?: string;
  readonly jti?: string;
  readonly iat?: number;
}

function prove({
  key = holder,
  alg = 'ES256',
  method = 'GET',
  url = GATEWAY_URL + path,
  of = token,
  jti = newId(),
  iat,
}: Said = {}): Promise<string> {
  return new SignJWT({ htm: method, htu: url, jti, ath: hash('sha256', of, 'base64url') })
    .setIssuedAt(iat)
    .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: key.publicKey.export({ format: 'jwk' }) })
    .sign(key.privateKey);
}

async function call(
  proof: string | null,
  { scheme = 'DPoP', as = token, at = lab.world.url, to = path, method = 'GET' } = {},
) {
  const headers = { authorization: `${scheme} ${as}`, ...(proof === null ? {} : { dpop: proof }) };
  const answer = await fetch(at + to, { method, headers });
  return { status: answer.status, challenge: answer.headers.get('www-authenticate') ?? '', text: await answer.text() };
}

it('is told as such where it is issued and introspected, and taken with a proof of its key (PT-5.3, PT-12.1)', async () => {
  const asked = {
    parties: PARTIES(lab.slug),
    acting: 'bot',
    audience: { apis: [`${lab.slug}/orders`] },
    cnf: { jkt: await thumbprintOf(holder) },
  };
  expect(await (await lab.post('/v1/party-tokens', lab.key.secret, asked)).json()).toMatchObject({
    token_type: 'DPoP',
  });
  const told = await lab.post('/v1/party-tokens/introspect', lab.key.secret, new URLSearchParams({ token }));
  expect(await told.json()).toMatchObject({
    active: true,
    token_type: 'DPoP',
    cnf: { jkt: await thumbprintOf(holder) },
  });
  const good = await call(await prove());
  expect(good.status, good.text).toBe(200);
  expect(Object.keys(lab.backend.received.at(-1)?.headers ?? {})).not.toContain('dpop');
  expect((await call(await prove({ url: `${GATEWAY_URL}${path}?q=1` }), { to: `${path}?q=1` })).status).toBe(200);
});

it('whoever has stolen it cannot use it: not without a proof, not as Bearer, not with another key (PT-12.1)', async () => {
  const attacks: Record<string, [string | null, object?]> = {
    'no proof': [null],
    'as Bearer': [null, { scheme: 'Bearer' }],
    'as Bearer, with a good proof': [await prove(), { scheme: 'Bearer' }],
    'another key': [await prove({ key: other, alg: 'EdDSA' })],
    'another method': [await prove({ method: 'POST' })],
    'another path': [await prove({ url: `${GATEWAY_URL}/v1/models` })],
    'the address it was sent to, which is not the gateway’s own': [await prove({ url: lab.world.url + path })],
    'another token': [await prove({ of: `${token}x` })],
    'an old one': [await prove({ iat: Math.floor(Date.now() / 1000) - 300 })],
    'one of the future': [await prove({ iat: Math.floor(Date.now() / 1000) + 300 })],
    'two proofs': [`${await prove()}, ${await prove()}`],
    'something else': ['x'],
  };
  for (const [what, [proof, how]] of Object.entries(attacks)) {
    const { status, challenge } = await call(proof, how);
    expect([status, challenge], what).toEqual([
      401,
      expect.stringMatching(/^DPoP .*error="invalid_(token|dpop_proof)".*algs="EdDSA ES256"/),
    ]);
  }
  const asKey = await fetch(lab.world.url + path, { headers: { 'x-api-key': token, dpop: await prove() } });
  expect(asKey.status).toBe(401);
  const free = (await lab.issue()).party_token;
  expect((await call(await prove({ of: free }), { as: free })).status).toBe(401);
  expect((await call(null, { as: free, scheme: 'Bearer' })).status).toBe(200);
});

it('a proof is taken once, however many nodes it is sent to at the same time (PT-12.4)', async () => {
  const proof = await prove();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => call(proof, { at: i % 2 === 0 ? lab.world.url : lab.other.url })),
  );
  // A node that has too much to do says so, and takes nothing.
  const taken = answers.filter(({ status }) => status === 200);
  expect(taken.length).toBeLessThanOrEqual(1);
  const replayed = await waitFor(
    'a replay to be refused as one',
    async () => {
      const again = await call(proof, { at: lab.other.url });
      return again.challenge.includes('The proof was sent before') && again;
    },
    { timeoutMs: 25_000 },
  );
  expect(replayed.status).toBe(401);
  const same = newId();
  expect((await call(await prove({ jti: same }))).status).toBe(200);
  expect((await call(await prove({ jti: same }))).challenge).toContain('sent before');
});

it('a proof in another spelling is the same proof (PT-12.4)', async () => {
  const proof = await prove();
  const [head, body, signature = ''] = proof.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = (order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)).toString(16).padStart(64, '0');
  const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s, 'hex')]).toString('base64url');
  expect((await call(proof)).status).toBe(200);
  expect((await call(`${head}.${body}.${other}`)).challenge).toContain('sent before');
});

it('stays bound through an exchange, to its key or the one that is named (PT-12.5)', async () => {
  const parties = [
    { id: 'bot', kind: 'agent', permissions: [{ actions: ['token:exchange'], resources: ['party:human'] }] },
    { id: 'human', kind: 'user', permissions: [{ actions: ['api:read'], resources: [`api:${lab.slug}/**`] }] },
  ];
  const first = (await lab.issue({ parties, on_behalf_of: 'bot', cnf: { jkt: await thumbprintOf(holder) } }))
    .party_token;
  const to = '/v1/party-tokens/exchange';
  const ask = async (more: Record<string, string>, proof: string | null): Promise<Response> => {
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: first,
      acting: 'human',
      ...more,
    };
    const headers = { authorization: `DPoP ${first}`, ...(proof === null ? {} : { dpop: proof }) };
    return fetch(lab.world.url + to, { method: 'POST', headers, body: new URLSearchParams(form) });
  };
  const proofOf = () => prove({ of: first, method: 'POST', url: GATEWAY_URL + to });
  expect((await ask({}, null)).status).toBe(401);
  const kept = (await (await ask({}, await proofOf())).json()) as { access_token: string; token_type: string };
  expect(kept.token_type).toBe('DPoP');
  expect(decodeJwt(kept.access_token)['cnf']).toEqual({ jkt: await thumbprintOf(holder) });
  const moved = (await (await ask({ jkt: await thumbprintOf(other) }, await proofOf())).json()) as {
    access_token: string;
  };
  const as = moved.access_token;
  expect((await call(await prove({ of: as }), { as })).status).toBe(401);
  expect((await call(await prove({ of: as, key: other, alg: 'EdDSA' }), { as })).status).toBe(200);
  expect((await ask({ jkt: 'x' }, await proofOf())).status).toBe(400);
});
