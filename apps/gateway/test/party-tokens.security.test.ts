import { createHmac, sign } from 'node:crypto';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { startFaultProxy } from '@parley/testkit/fault-proxy';
import { waitFor } from '@parley/testkit/wait-for';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartyKeys } from '../src/party/party-keys.ts';
import { MASTER_KEY } from './documents.ts';
import { openPartyLab, type PartyLab } from './party-lab.ts';
import { testRedisUrl } from './world.ts';

let lab: PartyLab;
let good: string;
let path: string;
beforeAll(async () => {
  lab = await openPartyLab();
  path = `/${lab.slug}/orders/v1/orders/1`;
  good = (await lab.issue()).party_token;
});
afterAll(() => lab.close());

type Members = Record<string, unknown>;
const part = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const read = (text = ''): Members => JSON.parse(Buffer.from(text, 'base64url').toString()) as Members;
const keys = new PartyKeys(parseMasterKey(MASTER_KEY));

/** Signs anything with a tenant's own good key: what is refused then is refused for what it says. */
function signed(head: object | string, body: object | string, tenantId = lab.caller.tenantId): string {
  const text = `${part(head)}.${part(body)}`;
  const key = keys.signing(tenantId, 'EdDSA', Date.now());
  return `${text}.${sign(null, Buffer.from(text), key.privateKey).toString('base64url')}`;
}

describe('attacks on the form and signature of tokens (PT-2, PT-9.1)', () => {
  it('are all refused, each call with the same 401 whatever it is for', async () => {
    const [head = '', body = '', signature = ''] = good.split('.');
    const [header, claims] = [read(head), read(body)];
    const key = keys.signing(lab.caller.tenantId, 'EdDSA', Date.now());
    const stranger = keys.signing(newId(), 'EdDSA', Date.now());
    const hmac = (secret: string): string => {
      const text = `${part({ ...header, alg: 'HS256' })}.${body}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const attacks: Record<string, string> = {
      'alg none': `${part({ ...header, alg: 'none' })}.${body}.`,
      'alg none with a signature': `${part({ ...header, alg: 'none' })}.${body}.${signature}`,
      'HS256 with the public key': hmac(String(key.jwk.x)),
      'HS256 with the public key as PEM': hmac(key.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
      'another algorithm for the key': `${part({ ...header, alg: 'ES256' })}.${body}.${signature}`,
      'no signature': `${head}.${body}.`,
      'a changed claim': `${head}.${part({ ...claims, exp: Number(claims['exp']) + 60 })}.${signature}`,
      'another tenant’s key under this issuer': signed({ ...header, kid: stranger.kid }, claims, newId()),
      'another tenant’s key under its own kid': signed({ ...header, kid: stranger.kid }, claims),
      'an embedded key': signed({ ...header, jwk: key.jwk }, claims),
      'a key behind a URL': signed({ ...header, jku: 'https://evil.test/jwks.json' }, claims),
      'a certificate': signed({ ...header, x5c: ['MIIB'] }, claims),
      'a certificate behind a URL': signed({ ...header, x5u: 'https://evil.test/chain.pem' }, claims),
      'the thumbprint of a certificate': signed({ ...header, 'x5t#S256': 'A'.repeat(43) }, claims),
      'a critical extension': signed({ ...header, crit: ['b64'], b64: false }, claims),
      compression: signed({ ...header, zip: 'DEF' }, claims),
      'a path as kid': signed({ ...header, kid: '../../../../dev/null' }, claims),
      'SQL as kid': signed({ ...header, kid: "x' UNION SELECT 'a" }, claims),
      'a kid that every object has': signed({ ...header, kid: 'constructor' }, claims),
      'no kid': signed({ alg: 'EdDSA', typ: 'party+jwt' }, claims),
      'a list as kid': signed({ ...header, kid: [header['kid']] }, claims),
      'a header member twice': signed(JSON.stringify(header).replace('{', '{"alg":"EdDSA",'), claims),
      'a claim twice': signed(header, JSON.stringify(claims).replace('{', '{"sub":"customer",')),
      'a claim twice, escaped': signed(header, JSON.stringify(claims).replace('{', '{"\\u0073ub":"customer",')),
      'an unknown claim': signed(header, { ...claims, admin: true }),
      'an issuer elsewhere': signed(header, { ...claims, iss: 'https://evil.test' }),
      'an issuer with more behind': signed(header, { ...claims, iss: `${String(claims['iss'])}/../${newId()}` }),
      'an end in the past': signed(header, { ...claims, iat: 1000, exp: 2000 }),
      'no end': signed(header, { ...claims, exp: undefined }),
      'a beginning in the future': signed(header, { ...claims, nbf: Number(claims['exp']) - 1 }),
      'another generation': signed(header, { ...claims, gen: 1 }),
      'an application of another tenant': signed(header, { ...claims, app: newId() }),
      'a binding to a key nobody asks for': signed(header, { ...claims, cnf: { jkt: 'A'.repeat(43) } }),
      'an object as audience': signed(header, { ...claims, aud: { '0': 'x' } }),
      'too long': signed(header, { ...claims, context: { text: 'x'.repeat(9000) } }),
      'a fourth part': `${good}.x`,
      padding: `${good}=`,
      'a line break inside': `${head}.${body.slice(0, 9)}%0a${body.slice(9)}.${signature}`,
      'a sloppy last character': `${good.slice(0, -1)}${String.fromCharCode(good.charCodeAt(good.length - 1) + 1)}`,
    };
    expect((await lab.call(path, good)).status).toBe(200);
    for (const [what, token] of Object.entries(attacks)) {
      const answers = [await lab.call(path, token), await lab.call('/nobody/nothing/v1', token)];
      const said = await Promise.all(answers.map(async (one) => ((await one.json()) as { code: string }).code));
      expect(
        answers.map(({ status }) => status),
        what,
      ).toEqual([401, 401]);
      expect(said[0], what).toBe(said[1]);
    }
  });

  it('other kinds of token are no party tokens, and party tokens are none of those (PT-9.1)', async () => {
    const claims = read(good.split('.')[1]);
    const kid = read(good.split('.')[0])['kid'];
    for (const typ of ['at+jwt', 'JWT', 'party+JWT', 'application/party+jwt', undefined]) {
      expect((await lab.call(path, signed({ alg: 'EdDSA', typ, kid }, claims))).status, String(typ)).toBe(401);
    }
    expect((await lab.call(`/${lab.slug}/oauth/v1/x`, good)).status).toBe(401);
  });
});

/** The other signature of the same words that ES256 takes: (r, n − s) in place of (r, s). */
function mirrored(text: string): string {
  const [head, body, signature = ''] = text.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
  const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return `${head}.${body}.${other.toString('base64url')}`;
}

it('one token in two spellings is one token: revoked with the other, drawn from with the other (PT-6.5, PT-9.3)', async () => {
  const issued = await lab.issue({ alg: 'ES256', allowance: { uses: 2 } });
  const [token, other] = [issued.party_token, mirrored(issued.party_token)];
  expect(other).not.toBe(token);
  expect((await lab.call(path, token)).headers.get('x-parley-uses-left')).toBe('1');
  expect((await lab.call(path, other)).headers.get('x-parley-uses-left')).toBe('0');
  expect((await lab.call(path, token)).status).toBe(403);
  const second = (await lab.issue({ alg: 'ES256' })).party_token;
  expect((await lab.call(path, mirrored(second))).status).toBe(200);
  await lab.post('/v1/party-tokens/revoke', lab.key.secret, new URLSearchParams({ token: mirrored(second) }));
  expect((await lab.call(path, second)).status).toBe(401);
});

it('another tenant’s application can neither see, explain nor revoke a token, and cannot tell it from an invented one (PT-7.4)', async () => {
  const invented = signed(read(good.split('.')[0]), { ...read(good.split('.')[1]), jti: newId() }, newId());
  for (const verb of ['introspect', 'revoke', 'explain']) {
    const said = [good, invented].map(async (token) => {
      const body =
        verb === 'explain' ? { token, action: 'api:read', resource: 'api:x' } : new URLSearchParams({ token });
      const answer = await lab.post(`/v1/party-tokens/${verb}`, lab.stranger.secret, body);
      return [answer.status, await answer.text()];
    });
    const [one, other] = await Promise.all(said);
    expect(one, verb).toEqual(other);
  }
  expect((await lab.call(path, good)).status).toBe(200);
});

it('nothing is let through unseen while Redis is away, and nothing is issued or said to be revoked (PT-6.5, PT-7.2)', async () => {
  const real = new URL(testRedisUrl());
  const proxy = await startFaultProxy({ host: real.hostname, port: Number(real.port) });
  const through = new URL(real);
  through.host = `${proxy.host}:${proxy.port}`;
  const away = await openPartyLab({ redisUrl: through.href });
  const { party_token: token } = await away.issue();
  const { party_token: counted } = await away.issue({ allowance: { uses: 5 } });
  const here = `/${away.slug}/orders/v1/orders/1`;
  expect((await away.call(here, token)).status).toBe(200);
  proxy.faults.refuse = true;
  proxy.reset();
  const codeOf = async (text: string): Promise<unknown> =>
    ((await (await away.call(here, text)).json()) as { code?: string }).code;
  await waitFor(
    'unknown states to be refused',
    async () => (await codeOf(token)) === 'party_state_unavailable' || undefined,
  );
  expect(await codeOf(counted)).toBe('party_state_unavailable');
  expect((await away.call(here, away.key.secret)).status).toBe(200);
  const revoked = await away.post('/v1/party-tokens/revoke', away.key.secret, new URLSearchParams({ token }));
  expect(revoked.status).toBe(503);
  await expect(away.issue()).rejects.toThrow('503');
  proxy.faults.refuse = false;
  await waitFor('calls to go on', async () => (await away.call(here, token)).status === 200 || undefined);
  expect((await away.call(here, counted)).headers.get('x-parley-uses-left')).toBe('4');
  await away.close();
  await proxy.close();
});
