import { must } from '@parley/kernel/assert';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { sendJson, startUpstream, type UpstreamServer } from './upstream-server.ts';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** A token issuer that publishes keys on the loopback interface and signs what it is told to. */
export interface Issuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly server: UpstreamServer;
  /** Keys published; the first signs. */
  readonly keys: SigningKey[];
  /** Answers with 500 while true. */
  away: boolean;
  token(claims?: JWTPayload, header?: Record<string, unknown>, key?: SigningKey): Promise<string>;
}

export const AUDIENCE = 'https://orders.test';

export async function newSigningKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey: pair.privateKey, publicJwk: { ...(await exportJWK(pair.publicKey)), kid, alg } };
}

export async function startIssuer(name: string): Promise<Issuer> {
  const keys = [await newSigningKey('first')];
  const server = await startUpstream((_, response) => {
    if (made.away) sendJson(response, 500, {});
    else sendJson(response, 200, { keys: keys.map((key) => key.publicJwk) });
  });
  const made: Issuer = {
    issuer: `https://${name}.test/`,
    jwksUrl: `${server.url}/jwks`,
    server,
    keys,
    away: false,
    token(claims = {}, header = {}, key = must(keys[0], 'a key of the issuer')) {
      const now = Math.floor(Date.now() / 1000);
      const full = { iss: made.issuer, aud: AUDIENCE, sub: 'user-1', iat: now, exp: now + 300, ...claims };
      // Claims given as undefined are left out, by JSON.
      const payload = JSON.parse(JSON.stringify(full)) as JWTPayload;
      return new SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
    },
  };
  return made;
}
