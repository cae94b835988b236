import type { Clock } from '@parley/kernel/clock';
import type { Logger } from '@parley/telemetry/logger';
import {
  type CryptoKey,
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type LocalJWKSet,
} from 'jose';
import type { ReadSmall } from '../../upstream/read-small.ts';

/** The issuer’s keys are not known and cannot be fetched now. */
export class KeysUnavailable extends Error {}

/** The public keys of an issuer. `edition` changes when the keys do. */
export interface KeySet {
  readonly edition: object;
  /** The key a token's header asks for. Throws jose's errors when there is none, `KeysUnavailable` when nobody knows. */
  find(header: JWTHeaderParameters): Promise<CryptoKey>;
}

/** Keys written in the policy. */
export function fixedKeys(jwks: JSONWebKeySet): KeySet {
  const set = createLocalJWKSet(jwks);
  return { edition: set, find: (header) => set(header) };
}

/** Keys older than this are fetched again in the background. */
const FRESH_MS = 600_000;
/** Keys of an issuer that cannot be reached are believed this long. */
const LAST_GOOD_MS = 24 * 3_600_000;
/** However many tokens name unknown keys, the issuer is asked this often at most. */
const UNKNOWN_KEY_MS = 30_000;
const FAILED_MS = 5000;
const MAX_KEYS = 100;

/**
 * Keys an issuer publishes (RFC 7517), fetched when first needed and kept. A token with an unknown `kid` makes them be
 * fetched anew, at most every 30 s; while the issuer is away the last good ones hold for a day.
 */
export class RemoteKeys implements KeySet {
  readonly #url: string;
  readonly #read: ReadSmall;
  readonly #clock: Clock;
  readonly #log: Logger;
  #set: LocalJWKSet | null = null;
  #text = '';
  #fetchedAtMs = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #failed = false;
  #asking: Promise<void> | null = null;

  constructor(url: string, read: ReadSmall, clock: Clock, log: Logger) {
    this.#url = url;
    this.#read = read;
    this.#clock = clock;
    this.#log = log;
  }

  get edition(): object {
    const age = this.#clock.nowMs() - this.#fetchedAtMs;
    // Nothing verified with keys that are too old counts any more.
    if (this.#set === null || age > LAST_GOOD_MS) return {};
    if (age > FRESH_MS) void this.#ask(this.#failed ? FAILED_MS : 0);
    return this.#set;
  }

  async find(header: JWTHeaderParameters): Promise<CryptoKey> {
    const age = this.#clock.nowMs() - this.#fetchedAtMs;
    if (this.#set === null || age > LAST_GOOD_MS) await this.#ask(FAILED_MS);
    else if (age > FRESH_MS) void this.#ask(this.#failed ? FAILED_MS : 0);
    try {
      return await this.#current()(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#ask(UNKNOWN_KEY_MS);
      return this.#current()(header);
    }
  }

  #current(): LocalJWKSet {
    if (this.#set === null || this.#clock.nowMs() - this.#fetchedAtMs > LAST_GOOD_MS) throw new KeysUnavailable();
    return this.#set;
  }

  /** Fetches the keys unless that was tried within the time given; those who ask meanwhile wait for the same answer. */
  #ask(notWithinMs: number): Promise<void> {
    if (this.#asking) return this.#asking;
    if (this.#clock.nowMs() - this.#askedAtMs < notWithinMs) return Promise.resolve();
    this.#askedAtMs = this.#clock.nowMs();
    this.#asking = this.#fetch().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #fetch(): Promise<void> {
    try {
      const text = await this.#read({ url: this.#url });
      if (text !== this.#text) {
        this.#set = createLocalJWKSet(usable(JSON.parse(text) as JSONWebKeySet));
        this.#text = text;
      }
      this.#fetchedAtMs = this.#clock.nowMs();
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      this.#log.warn('the keys of a token issuer cannot be fetched', { url: this.#url, error });
    }
  }
}

/** Shared secrets have no place in a public document; one that holds them is read without them. */
function usable(jwks: JSONWebKeySet): JSONWebKeySet {
  if (!Array.isArray(jwks?.keys)) throw new Error('not a JWK set');
  return { keys: jwks.keys.filter((key) => key?.kty !== 'oct').slice(0, MAX_KEYS) };
}
