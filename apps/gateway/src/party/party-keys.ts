import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  hash,
  hkdfSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import type { DataKey } from '@parley/kernel/seal';
import { ALGORITHMS, type Algorithm, type SigningKey } from '@parley/party-token/compact';
import { GenerationCache } from '../snapshot/generation-cache.ts';

/** A key of a tenant, as it signs and as it is published. */
export interface PartyKey extends SigningKey {
  readonly jwk: JsonWebKey;
}

/** Each key signs for this long; tokens live far shorter (PT-5.5). */
const PERIOD_MS = 30 * 86_400_000;
const TENANTS = 2000;
/** PKCS #8 of an Ed25519 private key up to its 32 bytes (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
/** Order of the curve P-256 (FIPS 186-5, SP 800-186 §3.2.1.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

interface TenantKeys {
  readonly period: number;
  /** Former, current and next period's, each of every algorithm. */
  readonly byKid: ReadonlyMap<string, PartyKey>;
  readonly current: ReadonlyMap<Algorithm, PartyKey>;
}

function edwards(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed.subarray(0, 32)]), format: 'der', type: 'pkcs8' });
}

/** A scalar of 1 … n − 1 from 64 bits more than it has (FIPS 186-5 §A.2.1): no value is likelier than another. */
function weierstrass(seed: Buffer): KeyObject {
  const scalar = (BigInt(`0x${seed.toString('hex')}`) % (P256_ORDER - 1n)) + 1n;
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(d);
  const point = curve.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
  const key = { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), x, y } as JsonWebKey;
  return createPrivateKey({ key, format: 'jwk' });
}

const MAKERS: Readonly<Record<Algorithm, (seed: Buffer) => KeyObject>> = { EdDSA: edwards, ES256: weierstrass };

function derive(master: DataKey, tenantId: string, alg: Algorithm, period: number): PartyKey {
  const seed = Buffer.from(hkdfSync('sha256', master.bytes, tenantId, `parley party token ${alg} key ${period}`, 40));
  const privateKey = MAKERS[alg](seed);
  const publicKey = createPublicKey(privateKey);
  const bare = publicKey.export({ format: 'jwk' });
  const kid = `party-${hash('sha256', `${bare.x}.${bare.y ?? ''}`, 'base64url').slice(0, 22)}`;
  return { kid, alg, privateKey, publicKey, jwk: { ...bare, kid, alg, use: 'sig' } };
}

/**
 * The keys tenants' party tokens are signed with, derived from the operator's master key (HKDF, RFC 5869): every node has the same ones,
 * none is stored anywhere, no tenant has another's, and each period has its own (PT-5.5).
 */
export class PartyKeys {
  readonly #master: DataKey;
  readonly #tenants = new GenerationCache<string, TenantKeys>(TENANTS);

  constructor(master: DataKey) {
    this.#master = master;
  }

  /** The tenant's key to sign with now. */
  signing(tenantId: string, alg: Algorithm, nowMs: number): PartyKey {
    return this.#of(tenantId, nowMs).current.get(alg) as PartyKey;
  }

  /** The tenant's key of this name; `null` when it has none that counts now. */
  named(tenantId: string, kid: string, nowMs: number): PartyKey | null {
    return this.#of(tenantId, nowMs).byKid.get(kid) ?? null;
  }

  /** The public keys as a JWK set (RFC 7517), the next period's among them. */
  published(tenantId: string, nowMs: number): object {
    return { keys: [...this.#of(tenantId, nowMs).byKid.values()].map(({ jwk }) => jwk) };
  }

  #of(tenantId: string, nowMs: number): TenantKeys {
    const period = Math.floor(nowMs / PERIOD_MS);
    const known = this.#tenants.get(tenantId);
    if (known?.period === period) return known;
    const all = [period - 1, period, period + 1].map((one) =>
      ALGORITHMS.map((alg) => derive(this.#master, tenantId, alg, one)),
    );
    const made = {
      period,
      byKid: new Map(all.flat().map((key) => [key.kid, key])),
      current: new Map((all[1] ?? []).map((key) => [key.alg, key])),
    };
    this.#tenants.set(tenantId, made);
    return made;
  }
}
