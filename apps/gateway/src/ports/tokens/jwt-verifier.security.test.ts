import { createHmac } from 'node:crypto';
import { type JwtMethod, jwtMethod } from '@parley/contracts/policies/callers/jwt';
import { systemClock } from '@parley/kernel/clock';
import { noopLogger } from '@parley/telemetry/logger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AUDIENCE, type Issuer, newSigningKey, startIssuer } from '../../../test/issuer.ts';
import { Failure } from './failure.ts';
import type { JwtVerifier } from './jwt-verifier.ts';
import { Tokens } from './tokens.ts';

let issuer: Issuer;
let verifier: JwtVerifier;
let asked: string[] = [];

beforeAll(async () => {
  issuer = await startIssuer('login');
  const read = (url: string): string => {
    asked.push(url);
    return JSON.stringify({ keys: issuer.keys.map((key) => key.publicJwk) });
  };
  const method: JwtMethod = jwtMethod.parse({
    kind: 'jwt',
    issuer: issuer.issuer,
    audiences: [AUDIENCE],
    jwksUrl: issuer.jwksUrl,
  });
  verifier = new Tokens(async ({ url }) => read(url), systemClock, noopLogger).jwt('one', method);
});
afterAll(() => issuer.server.close());

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const claims = () => {
  const now = Math.floor(Date.now() / 1000);
  return { iss: issuer.issuer, aud: AUDIENCE, client_id: 'shop-client', sub: 's', iat: now, exp: now + 300 };
};
const first = () => issuer.keys[0] ?? expect.fail('no key');
const signRaw = async (head: string, body: string): Promise<string> => {
  const { privateKey } = first();
  const text = `${encode(head)}.${encode(body)}`;
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(text));
  return `${text}.${Buffer.from(signature).toString('base64url')}`;
};
const good = () => JSON.stringify(claims());
const head = (more: object = {}) => JSON.stringify({ alg: 'ES256', kid: 'first', ...more });

const FORGED: Record<string, () => string | Promise<string>> = {
  'alg none': () => `${encode({ alg: 'none' })}.${encode(claims())}.`,
  'alg None in other letters': () => `${encode({ alg: 'nOnE' })}.${encode(claims())}.`,
  'no alg at all': () => `${encode({ kid: 'first' })}.${encode(claims())}.AAAA`,
  'an HMAC with the public key (HS/RS confusion)': () => {
    const text = `${encode({ alg: 'HS256', kid: 'first' })}.${encode(claims())}`;
    const mac = createHmac('sha256', JSON.stringify(first().publicJwk)).update(text).digest('base64url');
    return `${text}.${mac}`;
  },
  'an algorithm of the wrong family for the key': () => signRaw(JSON.stringify({ alg: 'RS256', kid: 'first' }), good()),
  'a key of its own in the header (jwk)': async () => {
    const thief = await newSigningKey('thief');
    return issuer.token(claims(), { jwk: thief.publicJwk }, { ...thief, kid: 'first' });
  },
  'an address for keys in the header (jku)': async () => {
    const thief = await newSigningKey('first');
    return issuer.token(claims(), { jku: 'https://evil.test/jwks' }, thief);
  },
  'a certificate in the header (x5u, x5c)': async () => {
    const thief = await newSigningKey('first');
    return issuer.token(claims(), { x5u: 'https://evil.test/', x5c: ['AAAA'] }, thief);
  },
  'a kid that is a path': () => issuer.token(claims(), { kid: '../../../dev/null' }),
  'a kid that is SQL': () => issuer.token(claims(), { kid: "first' OR '1'='1" }),
  'a kid that is no text': () => issuer.token(claims(), { kid: ['first'] }),
  'a kid of Object’s own': () => issuer.token(claims(), { kid: '__proto__' }),
  'a critical header nobody knows': () => signRaw(head({ crit: ['exotic'], exotic: true }), good()),
  'an unencoded payload (b64)': () => signRaw(head({ crit: ['b64'], b64: false }), good()),
  'another kind of token': () => issuer.token(claims(), { typ: 'logout+jwt' }),
  'a signature cut off': async () => (await issuer.token(claims())).slice(0, -8),
  'a changed payload': async () => {
    const [a = '', , c = ''] = (await issuer.token(claims())).split('.');
    return `${a}.${encode({ ...claims(), client_id: 'shop-client', sub: 'admin' })}.${c}`;
  },
  'no signature': async () => (await issuer.token(claims())).split('.').slice(0, 2).join('.'),
  'five parts': async () => `${await issuer.token(claims())}.AA.AA`,
  'an end in the past': () => issuer.token({ ...claims(), exp: claims().iat - 31 }),
  'no end': () => issuer.token({ ...claims(), exp: undefined as never }),
  'an end that is no number': () => signRaw(head(), JSON.stringify({ ...claims(), exp: '9999999999' })),
  'a beginning in the future': () => issuer.token({ ...claims(), nbf: claims().iat + 60 }),
  'an issue in the future': () => issuer.token({ ...claims(), iat: claims().iat + 60 }),
  'another audience': () => issuer.token({ ...claims(), aud: 'https://bank.test' }),
  'no audience': () => issuer.token({ ...claims(), aud: undefined as never }),
  'another issuer': () => issuer.token({ ...claims(), iss: 'https://login.test' }),
  'no issuer': () => issuer.token({ ...claims(), iss: undefined as never }),
  'a claim twice': () => signRaw(head(), good().replace('{', `{"client_id":"nobody",`)),
  'a claim twice, once escaped': () => signRaw(head(), good().replace('{', `{"client\\u005fid":"nobody",`)),
  'a header member twice': () => signRaw(head().replace('{', '{"alg":"none",'), good()),
  'a proof that nobody checks (cnf)': () => issuer.token({ ...claims(), cnf: { jkt: 'x' } }),
  'more than any token needs': () => issuer.token({ ...claims(), padding: 'x'.repeat(7000) }),
  'what is no JSON': () => `${encode('{')}.${encode('[]')}.AAAA`,
};

it.each(Object.keys(FORGED))('refuses %s', async (what) => {
  const token = await issuer.token(claims());
  expect(await verifier.verify(token), 'the good one').toMatchObject({ client: 'shop-client' });
  asked = [];
  const verdict = await verifier.verify((await FORGED[what]?.()) ?? '');
  expect(verdict).toBeInstanceOf(Failure);
  expect((verdict as Failure).reason).toMatch(/^[A-Za-z0-9 ,-]+$/);
  expect(
    asked.filter((url) => url !== issuer.jwksUrl),
    'addresses out of the token',
  ).toEqual([]);
});

it('takes what is within the forgiven difference of clocks, and not a second more', async () => {
  const { iat } = claims();
  for (const good of [{ exp: iat - 25 }, { nbf: iat + 25 }, { iat: iat + 25 }]) {
    expect(await verifier.verify(await issuer.token({ ...claims(), ...good })), JSON.stringify(good)).toHaveProperty(
      'client',
    );
  }
  for (const bad of [{ exp: iat - 32 }, { nbf: iat + 35 }, { iat: iat + 35 }]) {
    expect(await verifier.verify(await issuer.token({ ...claims(), ...bad })), JSON.stringify(bad)).toBeInstanceOf(
      Failure,
    );
  }
});
