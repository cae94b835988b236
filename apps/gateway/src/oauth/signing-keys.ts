import { createPrivateKey, createPublicKey, hash, hkdfSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { DataKey } from '@parley/kernel/seal';

/** A key of the gateways' own: Ed25519 (RFC 8037). */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JsonWebKey;
}

/** Each key signs for this long; tokens live far shorter. */
const PERIOD_MS = 30 * 86_400_000;
/** PKCS #8 of an Ed25519 private key up to its 32 bytes (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

function derive(master: DataKey, period: number): SigningKey {
  const seed = Buffer.from(hkdfSync('sha256', master.bytes, '', `parley oauth signing key ${period}`, 32));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const bare = publicKey.export({ format: 'jwk' });
  const kid = `parley-${hash('sha256', String(bare.x), 'base64url').slice(0, 16)}`;
  return { kid, privateKey, publicKey, jwk: { ...bare, kid, alg: 'EdDSA', use: 'sig' } };
}

/**
 * The keys access tokens are signed with, derived from the operator's master key (HKDF, RFC 5869): every node has the same
 * ones, none is stored anywhere, and each period has its own. The former period's still verifies, the next one is
 * published ahead, so that whoever keeps the key set is never behind.
 */
export class SigningKeys {
  readonly #master: DataKey;
  #period = Number.NaN;
  #keys: readonly [former: SigningKey, current: SigningKey, next: SigningKey] | null = null;

  constructor(master: DataKey) {
    this.#master = master;
  }

  at(nowMs: number): readonly [former: SigningKey, current: SigningKey, next: SigningKey] {
    const period = Math.floor(nowMs / PERIOD_MS);
    if (this.#keys === null || period !== this.#period) {
      this.#keys = [derive(this.#master, period - 1), derive(this.#master, period), derive(this.#master, period + 1)];
      this.#period = period;
    }
    return this.#keys;
  }
}
