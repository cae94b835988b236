import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { newId } from '@parley/kernel/id';
import { describe, expect, it } from 'vitest';
import type { PartyClaims } from './claims.ts';
import {
  type Algorithm,
  judgeTimes,
  looksLikePartyToken,
  type SigningKey,
  signToken,
  TokenFault,
  verifyToken,
} from './compact.ts';

const ISSUER = 'https://g.test/v1/party-tokens/t';
const made = (alg: Algorithm, kid: string, pair: { publicKey: KeyObject; privateKey: KeyObject }): SigningKey => ({
  alg,
  kid,
  ...pair,
});
const edwards = made('EdDSA', 'e', generateKeyPairSync('ed25519'));
const curve = made('ES256', 'c', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const keyOf = (issuer: string, kid: string): SigningKey | null =>
  issuer === ISSUER ? ([edwards, curve].find((key) => key.kid === kid) ?? null) : null;

const claims = (more: Partial<PartyClaims> = {}): PartyClaims => ({
  iss: ISSUER,
  aud: [`urn:parley:api:${newId()}`],
  sub: 'bot',
  iat: 1000,
  exp: 1900,
  jti: newId(),
  gen: 1,
  app: newId(),
  client_id: newId(),
  parties: [{ id: 'bot', kind: 'agent' }],
  ...more,
});
const faultOf = (token: string): string => {
  const found = verifyToken(token, keyOf);
  return found instanceof TokenFault ? found.code : 'good';
};
const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const forged = (header: unknown, body: unknown): string => {
  const text = `${part(header)}.${part(body)}`;
  return `${text}.${sign(null, Buffer.from(text), edwards.privateKey).toString('base64url')}`;
};
const HEAD = { alg: 'EdDSA', typ: 'party+jwt', kid: 'e' };

describe.each([edwards, curve])('a token signed with $alg (PT-2.1, PT-2.2)', (key) => {
  it('is read as it was written, and not after any change', () => {
    const written = claims();
    const token = signToken(written, key) ?? '';
    expect(verifyToken(token, keyOf)).toEqual(written);
    expect(looksLikePartyToken(token)).toBe(true);
    const [head = '', body = '', signature = ''] = token.split('.');
    for (let at = 0; at < token.length; at += 7) {
      const other = token[at] === 'A' ? 'B' : 'A';
      if (token[at] !== '.')
        expect(faultOf(token.slice(0, at) + other + token.slice(at + 1)), String(at)).not.toBe('good');
    }
    expect(faultOf(`${head}.${body}.`)).toBe('signature');
    expect(faultOf(`${head}.${body}.${signature}.`)).toBe('form');
  });
});

describe('refused (PT-2.2, PT-2.3, PT-2.4)', () => {
  it.each([
    ['alg none', { ...HEAD, alg: 'none' }],
    ['alg in another spelling', { ...HEAD, alg: 'eddsa' }],
    ['an algorithm with a shared secret', { ...HEAD, alg: 'HS256' }],
    ['another algorithm than the key’s', { ...HEAD, alg: 'ES256' }],
    ['another typ', { ...HEAD, typ: 'JWT' }],
    ['no typ', { alg: 'EdDSA', kid: 'e' }],
    ['crit', { ...HEAD, crit: [] }],
    ['b64', { ...HEAD, b64: true }],
    ['an embedded key', { ...HEAD, jwk: edwards.publicKey.export({ format: 'jwk' }) }],
    ['a kid with a path', { ...HEAD, kid: '../e' }],
    ['a kid that is a number', { ...HEAD, kid: 1 }],
    ['a member twice', '{"alg":"EdDSA","alg":"EdDSA","typ":"party+jwt","kid":"e"}'],
    ['__proto__', '{"alg":"EdDSA","typ":"party+jwt","__proto__":{"kid":"e"}}'],
  ])('a header with %s', (_what, header) => {
    expect(['header', 'form']).toContain(faultOf(forged(header, claims())));
  });

  it('a signature over a shared secret, made with the public key', () => {
    const text = `${part({ ...HEAD, alg: 'HS256' })}.${part(claims())}`;
    const secret = edwards.publicKey.export({ type: 'spki', format: 'der' });
    expect(faultOf(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`)).toBe('header');
  });

  it('a DER signature of ES256, and one of zeros', () => {
    const text = `${part({ ...HEAD, alg: 'ES256', kid: 'c' })}.${part(claims())}`;
    expect(faultOf(`${text}.${sign('sha256', Buffer.from(text), curve.privateKey).toString('base64url')}`)).toBe(
      'signature',
    );
    expect(faultOf(`${text}.${Buffer.alloc(64).toString('base64url')}`)).toBe('signature');
  });

  it.each([
    ['a party that is named and does not take part', { act: { sub: 'ghost' } }],
    [
      'a rule about somebody who does not take part',
      { rules: [{ effect: 'allow', who: { ids: ['ghost'] }, actions: ['*'], resources: ['api:**'] }] },
    ],
    [
      'two parties of one id',
      {
        parties: [
          { id: 'bot', kind: 'agent' },
          { id: 'bot', kind: 'user' },
        ],
      },
    ],
    ['a life of more than a day', { exp: 1000 + 86_401 }],
    ['an end before its beginning', { exp: 900 }],
    ['an end that is a text', { exp: '1900' }],
    ['an end at infinity', { exp: 1e300 }],
    ['an audience that is no list', { aud: `urn:parley:api:${newId()}` }],
    ['an audience of everything', { aud: ['*'] }],
    ['a session outside its audience', { ctx: `ses_${newId()}` }],
    [
      'a chain that is too long',
      {
        act: {
          sub: 'bot',
          act: { sub: 'bot', act: { sub: 'bot', act: { sub: 'bot', act: { sub: 'bot', act: { sub: 'bot' } } } } },
        },
      },
    ],
    ['an unknown claim', { admin: true }],
    ['a jti that is no UUID', { jti: '1' }],
    ['a context that is too large', { context: { text: 'x'.repeat(2048) } }],
    [
      'a pattern with ** inside',
      { parties: [{ id: 'bot', kind: 'agent', permissions: [{ actions: ['*'], resources: ['api:**/x'] }] }] },
    ],
    ['a private key', { parties: [{ id: 'bot', kind: 'agent', jwk: edwards.privateKey.export({ format: 'jwk' }) }] }],
  ])('claims with %s (section 3)', (_what, more) => {
    expect(faultOf(forged(HEAD, { ...claims(), ...more }))).toBe('claims');
  });

  it('members twice at any depth, whatever their escapes (PT-2.4)', () => {
    const text = JSON.stringify(claims());
    expect(faultOf(forged(HEAD, text.replace('{', '{"iss":"x",')))).toBe('form');
    expect(faultOf(forged(HEAD, text.replace('"kind"', '"kind":"user","kin\\u0064"')))).toBe('form');
  });

  it('texts that are long or deep, quickly', () => {
    const at = performance.now();
    const deep = '['.repeat(3000) + ']'.repeat(3000);
    expect(faultOf(forged(HEAD, `{"iss":${JSON.stringify(ISSUER)},"x":${deep}}`))).not.toBe('good');
    expect(faultOf(`eyJ${'a'.repeat(1_000_000)}.b.c`)).toBe('form');
    expect(looksLikePartyToken(`eyJ${'a'.repeat(1_000_000)}.b.c`)).toBe(false);
    expect(signToken(claims({ context: { text: 'x'.repeat(7000) } }), edwards)).toBeNull();
    expect(performance.now() - at).toBeLessThan(500);
  });
});

it('counts between nbf and exp, without tolerance (PT-6.2)', () => {
  const at = (nowMs: number): string => judgeTimes(claims({ nbf: 1500 }), nowMs)?.code ?? 'good';
  expect([at(1_499_999), at(1_500_000), at(1_899_999), at(1_900_000)]).toEqual(['early', 'good', 'good', 'expired']);
});
