import { hkdfSync } from 'node:crypto';
import { type DataKey, openBuffer, sealBuffer } from '@parley/kernel/seal';

/** What a client secret stands for: a key of an application, for sessions with one model, until it expires. */
export interface ClientSecret {
  readonly applicationId: string;
  readonly keyId: string;
  readonly expiresAtMs: number;
  /** As the caller named it. */
  readonly model: string;
  /** What every session begins with. */
  readonly session: Readonly<Record<string, unknown>>;
}

const PREFIX = 'ek_';
const PURPOSE = 'realtime_client_secret';
/** Browsers show it in a subprotocol. */
const MAX_CHARS = 4000;

/**
 * Short-lived keys for browsers: sealed under a key that every node derives from the operator's master key (HKDF, RFC 5869), so
 * that none is stored anywhere. Nobody but a gateway can read or make one.
 */
export class ClientSecrets {
  readonly #key: DataKey;

  constructor(master: DataKey) {
    this.#key = { bytes: Buffer.from(hkdfSync('sha256', master.bytes, '', 'parley realtime client secrets', 32)) };
  }

  /** The secret's text; `null` where its settings are too long for one. */
  issue(secret: ClientSecret): string | null {
    const sealed = sealBuffer(this.#key, Buffer.from(JSON.stringify(secret)), PURPOSE);
    const text = PREFIX + sealed.toString('base64url');
    return text.length > MAX_CHARS ? null : text;
  }

  /** What a secret of ours says, expired or not; `null` for anything else. */
  open(text: string): ClientSecret | null {
    if (!isClientSecret(text) || text.length > MAX_CHARS) return null;
    try {
      const sealed = Buffer.from(text.slice(PREFIX.length), 'base64url');
      return JSON.parse(openBuffer(this.#key, sealed, PURPOSE).toString()) as ClientSecret;
    } catch {
      return null;
    }
  }
}

/** Whether a key text claims to be a client secret. */
export function isClientSecret(text: string | null): text is string {
  return text?.startsWith(PREFIX) === true;
}
