import { createPublicKey } from 'node:crypto';
import type { IntrospectionMethod } from '@parley/contracts/policies/callers/introspection';
import type { JwtMethod } from '@parley/contracts/policies/callers/jwt';
import type { Clock } from '@parley/kernel/clock';
import type { Logger } from '@parley/telemetry/logger';
import type { JSONWebKeySet } from 'jose';
import { GenerationCache } from '../../snapshot/generation-cache.ts';
import type { ReadSmall } from '../../upstream/read-small.ts';
import { Introspector } from './introspector.ts';
import { JwtVerifier } from './jwt-verifier.ts';
import { fixedKeys, type KeySet, RemoteKeys } from './key-set.ts';

const VERIFIERS = 1000;

/**
 * Verifiers of foreign tokens: one for each issuer and set of rules, whatever number of routes and revisions name it, so
 * that keys and verified tokens outlive changes of configuration.
 */
export class Tokens {
  readonly #read: ReadSmall;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #keySets = new GenerationCache<string, KeySet>(VERIFIERS);
  readonly #verifiers = new GenerationCache<string, JwtVerifier>(VERIFIERS);
  readonly #introspectors = new GenerationCache<string, Introspector>(VERIFIERS);

  constructor(read: ReadSmall, clock: Clock, log: Logger) {
    this.#read = read;
    this.#clock = clock;
    this.#log = log;
  }

  /** The verifier of a policy's method; `name` is the method as text, made when the policy was compiled. */
  jwt(name: string, method: JwtMethod): JwtVerifier {
    let verifier = this.#verifiers.get(name);
    if (verifier === undefined) {
      verifier = new JwtVerifier(method, this.#keysOf(method), this.#clock);
      this.#verifiers.set(name, verifier);
    }
    return verifier;
  }

  /** Who asks the issuer of a policy's method; `name` is publisher, issuer and method as text. */
  introspector(name: string, method: IntrospectionMethod): Introspector {
    let found = this.#introspectors.get(name);
    if (found === undefined) {
      found = new Introspector(method, this.#read, this.#clock, this.#log);
      this.#introspectors.set(name, found);
    }
    return found;
  }

  #keysOf({ jwksUrl, keys, publicKey }: JwtMethod): KeySet {
    const url = jwksUrl ?? '';
    if (url === '') return this.#writtenKeys(keys ?? [], publicKey);
    let set = this.#keySets.get(url);
    if (set === undefined) {
      set = new RemoteKeys(url, this.#read, this.#clock, this.#log);
      this.#keySets.set(url, set);
    }
    return set;
  }

  /** Keys that cannot be read are no keys: then no token is good. */
  #writtenKeys(keys: readonly object[], pem: string | undefined): KeySet {
    try {
      const all = pem === undefined ? keys : [createPublicKey(pem).export({ format: 'jwk' })];
      return fixedKeys({ keys: all } as JSONWebKeySet);
    } catch (error) {
      this.#log.error('the public keys of a policy cannot be read', { error });
      return fixedKeys({ keys: [] });
    }
  }
}
