import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { expect, it } from 'vitest';
import { TokenFault } from './compact.ts';
import { judgeProof, type Proof, readProof, thumbprint } from './proof.ts';

/** docs/party-tokens.md, section 12. */
const edwards = generateKeyPairSync('ed25519');
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' });
const HEAD = { typ: 'dpop+jwt', alg: 'EdDSA', jwk: jwkOf(edwards.publicKey) };
const BODY = {
  jti: 'one',
  htm: 'GET',
  htu: 'https://g.test/v1/x',
  iat: 1000,
  ath: hash('sha256', 'token', 'base64url'),
};
const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function made(head: unknown = HEAD, body: unknown = BODY, key = edwards.privateKey): string {
  const text = `${part(head)}.${part(body)}`;
  const signature =
    key.asymmetricKeyType === 'ec'
      ? sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
      : sign(null, Buffer.from(text), key);
  return `${text}.${signature.toString('base64url')}`;
}
const good = (text: string): Proof => {
  const proof = readProof(text);
  if (proof instanceof TokenFault) throw new Error(proof.reason);
  return proof;
};

it('reads proofs of both algorithms (PT-12.2)', () => {
  for (const [alg, { publicKey, privateKey }] of [
    ['EdDSA', edwards],
    ['ES256', curve],
  ] as const) {
    const jwk = { ...jwkOf(publicKey), kid: 'x', use: 'sig' };
    expect(good(made({ ...HEAD, alg, jwk }, { ...BODY, more: 1 }, privateKey))).toMatchObject(BODY);
  }
});

it('names keys by the thumbprints of the standards’ own examples (RFC 8037 A.3, RFC 9449 §6.1)', () => {
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
  expect(thumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  const point = {
    x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
    y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
  };
  expect(thumbprint({ kty: 'EC', crv: 'P-256', ...point })).toBe('0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I');
});

it.each([
  ['alg none', made({ ...HEAD, alg: 'none' })],
  ['a shared secret', made({ ...HEAD, alg: 'HS256' })],
  ['another algorithm than its key’s', made({ ...HEAD, alg: 'ES256' })],
  ['another typ', made({ ...HEAD, typ: 'JWT' })],
  ['a party token’s typ', made({ ...HEAD, typ: 'party+jwt' })],
  ['a kid beside', made({ ...HEAD, kid: 'x' })],
  ['crit', made({ ...HEAD, crit: ['x'] })],
  ['a private key', made({ ...HEAD, jwk: jwkOf(edwards.privateKey) })],
  ['a symmetric key', made({ ...HEAD, jwk: { kty: 'oct', k: 'AAAA' } })],
  ['another’s key', made({ ...HEAD, jwk: jwkOf(generateKeyPairSync('ed25519').publicKey) })],
  [
    'a key that is no point',
    made({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) } }),
  ],
  ['no key', made({ typ: 'dpop+jwt', alg: 'EdDSA' })],
  ['a member twice', made(HEAD, JSON.stringify(BODY).replace('{', '{"jti":"two",'))],
  ['no jti', made(HEAD, { ...BODY, jti: undefined })],
  ['no ath', made(HEAD, { ...BODY, ath: undefined })],
  ['a time that is a text', made(HEAD, { ...BODY, iat: '1000' })],
  ['a changed payload', made().replace(/\.[^.]+\./, `.${part({ ...BODY, jti: 'two' })}.`)],
  ['padding', `${made()}=`],
  ['two proofs', `${made()},${made()}`],
  ['something long', made(HEAD, { ...BODY, more: 'x'.repeat(5000) })],
  ['nothing', ''],
])('refuses a proof with %s (PT-12.2)', (_what, text) => {
  expect(readProof(text)).toBeInstanceOf(TokenFault);
});

it.each([
  ['at its moment', {}, true],
  ['the oldest', { nowMs: 1_060_000 }, true],
  ['too old', { nowMs: 1_061_000 }, false],
  ['a little ahead', { nowMs: 995_000 }, true],
  ['too far ahead', { nowMs: 994_000 }, false],
  ['another method', { method: 'POST' }, false],
  ['another path', { urls: ['https://g.test/v1/y'] }, false],
  ['another host', { urls: ['https://h.test/v1/x'] }, false],
  ['another scheme', { urls: ['http://g.test/v1/x'] }, false],
  ['one of several addresses', { urls: ['https://h.test/v1/x', 'https://G.test:443/v1/x'] }, true],
  ['another token', { token: 'other' }, false],
  ['another key', { jkt: 'A'.repeat(43) }, false],
] as const)('holds a proof against a call: %s (PT-12.3)', (_what, more, passes) => {
  const proof = good(made());
  const call = { jkt: proof.jkt, token: 'token', method: 'GET', urls: ['https://g.test/v1/x'], nowMs: 1_000_000 };
  expect(judgeProof(proof, { ...call, ...more }) === null).toBe(passes);
  expect(judgeProof({ ...proof, htu: 'https://g.test/v1/x?q=1#f' }, call)).toBeNull();
});
