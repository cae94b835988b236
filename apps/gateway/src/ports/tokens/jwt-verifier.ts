import { hash } from 'node:crypto';
import type { JwtMethod } from '@parley/contracts/policies/callers/jwt';
import type { Clock } from '@parley/kernel/clock';
import { hasDuplicateMembers } from '@parley/kernel/duplicate-members';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { GenerationCache } from '../../snapshot/generation-cache.ts';
import { readClaims, type Verified } from './claims.ts';
import { Failure } from './failure.ts';
import { type KeySet, KeysUnavailable } from './key-set.ts';

/** What became of a token: what it says, why it is not good, or that nobody can tell now. */
export type Verdict = Verified | Failure | 'unavailable';

const MAX_TOKEN = 8192;
const REMEMBERED_TOKENS = 10_000;
/** `typ` of access tokens, and of those that do not say (RFC 9068 §2.1, RFC 8725 §3.11). */
const TYPES = new Set(['', 'jwt', 'at+jwt', 'application/jwt', 'application/at+jwt']);

interface Remembered {
  readonly verified: Verified;
  readonly edition: object;
}

/** Verifies the tokens of one issuer under one set of rules; a good one is remembered until it ends or the keys change. */
export class JwtVerifier {
  readonly #method: JwtMethod;
  readonly #keys: KeySet;
  readonly #clock: Clock;
  readonly #algorithms: ReadonlySet<string>;
  readonly #seen = new GenerationCache<string, Remembered>(REMEMBERED_TOKENS);

  constructor(method: JwtMethod, keys: KeySet, clock: Clock) {
    this.#method = method;
    this.#keys = keys;
    this.#clock = clock;
    this.#algorithms = new Set(method.algorithms);
  }

  /** At once when the token was seen lately. */
  verify(token: string): Verdict | Promise<Verdict> {
    if (token.length > MAX_TOKEN) return new Failure('The token is too long');
    const name = hash('sha256', token, 'base64url');
    const seen = this.#seen.get(name);
    if (seen === undefined || seen.edition !== this.#keys.edition) return this.#check(token, name);
    if (seen.verified.expiresAtMs > this.#clock.nowMs()) return seen.verified;
    this.#seen.delete(name);
    return new Failure('The token has expired');
  }

  async #check(token: string, name: string): Promise<Verdict> {
    const shape = this.#judgeShape(token);
    if (shape !== null) return shape;
    const { issuer, audiences, clockToleranceSeconds, maxAgeSeconds } = this.#method;
    try {
      const { payload } = await jwtVerify(token, (header) => this.#keys.find(header), {
        issuer,
        audience: audiences,
        algorithms: this.#method.algorithms,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(this.#clock.nowMs()),
        requiredClaims: ['exp', 'iss', 'aud'],
        ...(maxAgeSeconds === undefined ? {} : { maxTokenAge: maxAgeSeconds }),
      });
      const reason = this.#judgeClaims(payload);
      if (reason !== null) return new Failure(reason);
      const verified = readClaims(payload, this.#method, this.#endOf(payload));
      this.#seen.set(name, { verified, edition: this.#keys.edition });
      return verified;
    } catch (error) {
      return error instanceof KeysUnavailable ? 'unavailable' : new Failure(reasonOf(error));
    }
  }

  /** What can be told before any key is looked up; a stranger's text asks nothing of the issuer. */
  #judgeShape(token: string): Failure | null {
    const [head = '', body = '', , ...more] = token.split('.');
    const header = readObject(head);
    const claims = readObject(body);
    if (header === null || claims === null || more.length > 0) return new Failure('This is not a JSON Web Token');
    if (claims['iss'] !== this.#method.issuer) return new Failure('The claim iss does not fit');
    if (typeof header['alg'] !== 'string' || !this.#algorithms.has(header['alg'])) {
      return new Failure('The signature algorithm is not accepted here');
    }
    const { typ = '', kid } = header;
    if (typeof typ !== 'string' || !TYPES.has(typ.toLowerCase())) return new Failure('This is not an access token');
    if (kid !== undefined && typeof kid !== 'string') return new Failure('The kid is not a text');
    return null;
  }

  #judgeClaims(claims: JWTPayload): string | null {
    const latest = this.#clock.nowMs() / 1000 + this.#method.clockToleranceSeconds;
    if (claims.iat !== undefined && claims.iat > latest) return 'The claim iat lies in the future';
    // Bound to a key of the client (RFC 7800), whose proof nobody here checks: a thief could use it.
    if (claims['cnf'] !== undefined) return 'Sender-constrained tokens are not accepted here';
    const missing = this.#method.requiredClaims.find(({ name, value }) => !holds(claims, name, value));
    return missing ? 'A claim that this API requires is missing' : null;
  }

  /** When it stops to count: its own end with the forgiven difference of clocks, or the oldest age allowed. */
  #endOf({ exp = 0, iat = 0 }: JWTPayload): number {
    const { clockToleranceSeconds, maxAgeSeconds } = this.#method;
    const end = maxAgeSeconds === undefined ? exp : Math.min(exp, iat + maxAgeSeconds);
    return (end + clockToleranceSeconds) * 1000;
  }
}

function holds(claims: JWTPayload, name: string, value: string | number | boolean | undefined): boolean {
  if (!Object.hasOwn(claims, name)) return false;
  const held = claims[name];
  if (value === undefined) return held !== null && held !== undefined;
  return Array.isArray(held) ? held.includes(value) : held === value;
}

/** A part of the token as an object; `null` for what is not one, or names a member twice. */
function readObject(part: string): Record<string, unknown> | null {
  try {
    const json = Buffer.from(part, 'base64url').toString();
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return hasDuplicateMembers(json) ? null : (value as Record<string, unknown>);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    // Names come from our own list of checks, never from the token.
    return error.reason === 'missing' ? `The claim ${error.claim} is missing` : `The claim ${error.claim} does not fit`;
  }
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed with a key the issuer does not publish';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'The token does not say which key signed it';
  return 'The token is not valid';
}
