import { hash, sign, verify } from 'node:crypto';
import type { Clock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import type { DataKey } from '@parley/kernel/seal';
import { Failure } from '../ports/tokens/failure.ts';
import { GenerationCache } from '../snapshot/generation-cache.ts';
import { SigningKeys } from './signing-keys.ts';

/** Seconds an access token lives. */
export const TOKEN_SECONDS = 900;
const REMEMBERED = 20_000;
const MAX_TOKEN = 8192;

/** What a token of ours says. It stands for a key, and is worth what the key is worth at the moment of the call. */
export interface OwnToken {
  readonly keyId: string;
  readonly applicationId: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

interface Payload {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly app: string;
  readonly scope: string;
  readonly exp: number;
}

/** Issues and verifies the gateways' own access tokens (RFC 9068, EdDSA). `issuer` is the gateway's public address. */
export class OwnTokens {
  readonly issuer: string;
  readonly #keys: SigningKeys;
  readonly #clock: Clock;
  readonly #seen = new GenerationCache<string, OwnToken>(REMEMBERED);

  constructor(master: DataKey, issuer: string, clock: Clock) {
    this.issuer = issuer.replace(/\/+$/, '');
    this.#keys = new SigningKeys(master);
    this.#clock = clock;
  }

  issue(of: Pick<OwnToken, 'keyId' | 'applicationId' | 'scopes'>): string {
    const [, key] = this.#keys.at(this.#clock.nowMs());
    const now = Math.floor(this.#clock.nowMs() / 1000);
    const text = `${part({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid })}.${part({
      iss: this.issuer,
      aud: this.issuer,
      sub: of.keyId,
      client_id: of.keyId,
      app: of.applicationId,
      scope: of.scopes.join(' '),
      iat: now,
      exp: now + TOKEN_SECONDS,
      jti: newId(),
    })}`;
    return `${text}.${sign(null, Buffer.from(text), key.privateKey).toString('base64url')}`;
  }

  /** What a token says; `null` for one that we did not even claim to issue. */
  verify(token: string): OwnToken | Failure | null {
    const name = hash('sha256', token, 'base64url');
    const known = this.#seen.get(name) ?? this.#check(token);
    if (known === null || known instanceof Failure) return known;
    if (known.expiresAtMs <= this.#clock.nowMs()) {
      this.#seen.delete(name);
      return new Failure('The token has expired');
    }
    this.#seen.set(name, known);
    return known;
  }

  /** The public keys as a JWK set (RFC 7517). */
  publicKeys(): object {
    return { keys: this.#keys.at(this.#clock.nowMs()).map(({ jwk }) => jwk) };
  }

  #check(token: string): OwnToken | Failure | null {
    const [head = '', body = '', signature = '', ...more] = token.split('.');
    // Our own headers are always written alike, so that one look-up finds the key: nothing in a header is interpreted.
    const key = this.#keys
      .at(this.#clock.nowMs())
      .find(({ kid }) => head === part({ alg: 'EdDSA', typ: 'at+jwt', kid }));
    if (key === undefined) return null;
    const text = Buffer.from(`${head}.${body}`);
    const good =
      more.length === 0 &&
      token.length <= MAX_TOKEN &&
      verify(null, text, key.publicKey, Buffer.from(signature, 'base64url'));
    if (!good) return new Failure('The token is not valid');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Payload;
    if (claims.iss !== this.issuer || claims.aud !== this.issuer)
      return new Failure('The token is for another gateway');
    return {
      keyId: claims.sub,
      applicationId: claims.app,
      scopes: claims.scope === '' ? [] : claims.scope.split(' '),
      expiresAtMs: claims.exp * 1000,
    };
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
