import type { KeySnapshot } from '@parley/contracts/snapshot';
import type { Clock } from '@parley/kernel/clock';
import { hashSecretToken, isSecretToken } from '@parley/kernel/secret-token';
import { type Refusal, refusal } from '../../refusals.ts';
import type { CompiledApplication } from '../../snapshot/compiled.ts';
import { GenerationCache } from '../../snapshot/generation-cache.ts';
import type { Missing } from '../../snapshot/store.ts';

/** Who calls: an application, by one of its keys, or by an identity in a key's place. */
export interface Caller {
  readonly application: CompiledApplication;
  readonly key: Pick<KeySnapshot, 'id' | 'expiresAtMs' | 'revokedAtMs' | 'scopes'>;
}

/** Resolves the text of an API key; at once when it was seen lately. */
export interface KeyStore {
  find(keyText: string): Caller | Refusal | Promise<Caller | Refusal>;
}

/** The part of the snapshot the key store asks. */
export interface Applications {
  applicationByName(name: string): CompiledApplication | Missing | Promise<CompiledApplication | Missing>;
}

interface Remembered {
  readonly hash: string;
  readonly caller: Caller;
}

/** A JSON Web Token rather than a mistyped key; told from the text alone, so that it tells nothing of the path. */
function looksSigned(text: string): boolean {
  return text.startsWith('eyJ') && text.includes('.');
}

/** Used in turn, more keys than this would all be hashed at every call: an entry lives for this many others. */
const REMEMBERED_KEYS = 120_000;
const PREFIX = 'pk_live';

/**
 * Key texts seen lately are remembered with their caller; an entry is good as long as its application's document is the
 * current one. Hashing (HMAC with the operator's pepper) happens once per key and change.
 */
export class SnapshotKeyStore implements KeyStore {
  readonly #applications: Applications;
  readonly #pepper: string;
  readonly #clock: Clock;
  readonly #seen = new GenerationCache<string, Remembered>(REMEMBERED_KEYS);

  constructor(applications: Applications, pepper: string, clock: Clock) {
    this.#applications = applications;
    this.#pepper = pepper;
    this.#clock = clock;
  }

  find(keyText: string): Caller | Refusal | Promise<Caller | Refusal> {
    const seen = this.#seen.get(keyText);
    if (seen?.caller.application.live) return this.#judge(seen.caller);
    if (!seen && !isSecretToken(PREFIX, keyText)) {
      return refusal(looksSigned(keyText) ? 'credentials_refused' : 'key_malformed');
    }
    const hash = seen?.hash ?? hashSecretToken(keyText, this.#pepper);
    const found = this.#applications.applicationByName(hash);
    if (found instanceof Promise) return found.then((application) => this.#remember(keyText, hash, application));
    return this.#remember(keyText, hash, found);
  }

  #remember(keyText: string, hash: string, application: CompiledApplication | Missing): Caller | Refusal {
    if (application === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
    const key = application === 'absent' ? undefined : application.keysByHash.get(hash);
    if (application === 'absent' || key === undefined) {
      this.#seen.delete(keyText);
      return refusal('key_unknown');
    }
    const caller = { application, key };
    this.#seen.set(keyText, { hash: key.hash, caller });
    return this.#judge(caller);
  }

  #judge(caller: Caller): Caller | Refusal {
    const { revokedAtMs, expiresAtMs } = caller.key;
    if (revokedAtMs === null && expiresAtMs === null) return caller;
    if (revokedAtMs !== null) return refusal('key_revoked');
    return (expiresAtMs as number) > this.#clock.nowMs() ? caller : refusal('key_expired');
  }
}

/** The twin: a fixed table from key text to caller. */
export function memoryKeyStore(callers: ReadonlyMap<string, Caller>): KeyStore {
  return { find: (keyText) => callers.get(keyText) ?? refusal('key_unknown') };
}
