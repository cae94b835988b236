import { hash } from 'node:crypto';
import type { IntrospectionMethod } from '@parley/contracts/policies/callers/introspection';
import { breakerOptions } from '@parley/contracts/upstream-options';
import type { Clock } from '@parley/kernel/clock';
import { hasDuplicateMembers } from '@parley/kernel/duplicate-members';
import type { Logger } from '@parley/telemetry/logger';
import { GenerationCache } from '../../snapshot/generation-cache.ts';
import { Breaker } from '../../upstream/breaker.ts';
import type { ReadSmall } from '../../upstream/read-small.ts';
import { readClaims } from './claims.ts';
import { Failure } from './failure.ts';
import type { Verdict } from './jwt-verifier.ts';

const MAX_TOKEN = 8192;
/** What can be sent as a credential after `Bearer` (RFC 6750 §2.1), and a little more that issuers use. */
const TOKEN = /^[\x21-\x7e]+$/;
const REMEMBERED = 10_000;
/** How long “not active” is believed: a token does not become good later, but a mistake may be put right. */
const NEGATIVE_MS = 10_000;
/** Questions under way to one issuer; further ones are refused rather than kept waiting. */
const MAX_ASKED = 64;

const NOT_ACTIVE = new Failure('The token is not active');

interface Remembered {
  readonly verdict: Exclude<Verdict, 'unavailable'>;
  readonly untilMs: number;
}

/** Where to ask, and the header that says who does: opened when the configuration was loaded. */
export interface IssuerAddress {
  readonly url: string;
  readonly header: readonly string[];
}

/**
 * Asks one issuer about tokens (RFC 7662). Answers are remembered by a hash of the token, equal questions asked once, an
 * issuer that fails is left alone for a while. `unavailable` is whatever says nothing about the token.
 */
export class Introspector {
  readonly #method: IntrospectionMethod;
  readonly #read: ReadSmall;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #seen = new GenerationCache<string, Remembered>(REMEMBERED);
  readonly #asked = new Map<string, Promise<Verdict>>();
  readonly #breaker = new Breaker(breakerOptions.parse({ consecutiveFailures: 5, openSeconds: 5, probes: 1 }));

  constructor(method: IntrospectionMethod, read: ReadSmall, clock: Clock, log: Logger) {
    this.#method = method;
    this.#read = read;
    this.#clock = clock;
    this.#log = log;
  }

  /** At once when the token was asked about lately. */
  verify(token: string, at: IssuerAddress): Verdict | Promise<Verdict> {
    if (token.length > MAX_TOKEN || !TOKEN.test(token)) return new Failure('This is no token');
    const name = hash('sha256', token, 'base64url');
    const seen = this.#seen.get(name);
    if (seen !== undefined && seen.untilMs > this.#clock.nowMs()) return seen.verdict;
    const asked = this.#asked.get(name);
    if (asked !== undefined) return asked;
    if (this.#asked.size >= MAX_ASKED) return 'unavailable';
    const pass = this.#breaker.enter(this.#clock.nowMs());
    if (pass === 0) return 'unavailable';
    const question = this.#ask(token, name, at, pass).finally(() => this.#asked.delete(name));
    this.#asked.set(name, question);
    return question;
  }

  async #ask(token: string, name: string, { url, header }: IssuerAddress, pass: number): Promise<Verdict> {
    const form = new URLSearchParams({ token, token_type_hint: 'access_token' }).toString();
    const began = this.#clock.nowMs();
    let text: string;
    try {
      text = await this.#read({ url, form, header });
    } catch (error) {
      // The error names the address and the status, never the token.
      this.#log.warn('a token issuer could not be asked', { issuer: this.#method.issuer, error });
      this.#breaker.result(pass, false, this.#clock.nowMs());
      return 'unavailable';
    }
    const claims = readAnswer(text);
    this.#breaker.result(pass, claims !== null, this.#clock.nowMs());
    if (claims === null) {
      this.#log.warn('a token issuer answered what is no introspection', { issuer: this.#method.issuer });
      return 'unavailable';
    }
    const verdict = this.#judge(claims);
    this.#remember(name, verdict, began);
    return verdict;
  }

  /** Believed from when it was asked: the answer may have been on its way for a while. */
  #remember(name: string, verdict: Remembered['verdict'], beganMs: number): void {
    const untilMs =
      verdict instanceof Failure
        ? beganMs + NEGATIVE_MS
        : Math.min(verdict.expiresAtMs, beganMs + this.#method.cacheSeconds * 1000);
    this.#seen.set(name, { verdict, untilMs });
  }

  #judge(claims: Record<string, unknown>): Remembered['verdict'] {
    if (claims['active'] !== true) return NOT_ACTIVE;
    const { exp, nbf, iss, aud, cnf } = claims;
    const now = this.#clock.nowMs();
    const { issuer, audiences } = this.#method;
    if (exp !== undefined && !(typeof exp === 'number' && exp * 1000 > now))
      return new Failure('The token has expired');
    if (nbf !== undefined && !(typeof nbf === 'number' && nbf * 1000 <= now + 30_000)) {
      return new Failure('The token is not good yet');
    }
    if (iss !== undefined && iss !== issuer) return new Failure('The claim iss does not fit');
    const told = Array.isArray(aud) ? aud : [aud];
    if (audiences && !audiences.some((one) => told.includes(one))) return new Failure('The claim aud does not fit');
    // Bound to a key of the client (RFC 7800), whose proof nobody here checks: a thief could use it.
    if (cnf !== undefined) return new Failure('Sender-constrained tokens are not accepted here');
    return readClaims(claims, this.#method, typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY);
  }
}

/** The members of an answer; `null` for what does not say whether a token is active. */
function readAnswer(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || hasDuplicateMembers(text)) return null;
    const claims = value as Record<string, unknown>;
    return typeof claims['active'] === 'boolean' ? claims : null;
  } catch {
    return null;
  }
}
