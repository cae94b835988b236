import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Envelope encryption: a master key (operator's, 32 bytes) seals each tenant's data key; the data key seals values.
 * A sealed value is `v1.<iv>.<ciphertext>.<tag>` (AES-256-GCM, base64url). The context is authenticated with it, so a
 * value sealed for one tenant and purpose cannot be opened as another's.
 */
export interface DataKey {
  readonly bytes: Buffer;
}

const VERSION = 'v1';

function sealBytes(key: Buffer, plain: Buffer, context: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return [VERSION, iv, body, cipher.getAuthTag()]
    .map((part) => (typeof part === 'string' ? part : part.toString('base64url')))
    .join('.');
}

function openBytes(key: Buffer, sealed: string, context: string): Buffer {
  const [version, iv, body, tag, rest] = sealed.split('.');
  if (version !== VERSION || !iv || body === undefined || !tag || rest !== undefined) {
    throw new Error('not a sealed value');
  }
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]);
}

/** Reads the operator's master key: 32 bytes in base64 or base64url. Throws on any other length. */
export function parseMasterKey(text: string): DataKey {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32) throw new Error('the master key must be 32 bytes in base64');
  return { bytes };
}

/** Makes a tenant's data key and its sealed form, to be stored with the tenant. */
export function newDataKey(master: DataKey, tenantId: string): { dataKey: DataKey; sealed: string } {
  const bytes = randomBytes(32);
  return { dataKey: { bytes }, sealed: sealBytes(master.bytes, bytes, `data-key:${tenantId}`) };
}

/** Opens a tenant's sealed data key. Throws when the master key is another one or the value was changed. */
export function openDataKey(master: DataKey, sealed: string, tenantId: string): DataKey {
  return { bytes: openBytes(master.bytes, sealed, `data-key:${tenantId}`) };
}

/** Seals a text under a tenant's data key; `purpose` names table and column, e.g. `provider_key`. */
export function seal(key: DataKey, plain: string, purpose: string): string {
  return sealBytes(key.bytes, Buffer.from(plain), purpose);
}

/** Opens a sealed text; throws if key, purpose or bytes differ. */
export function open(key: DataKey, sealed: string, purpose: string): string {
  return openBytes(key.bytes, sealed, purpose).toString();
}

const BINARY_VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals bytes under a tenant's data key, for places that take binary: version byte, iv, tag, ciphertext. */
export function sealBuffer(key: DataKey, plain: Buffer, purpose: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv);
  cipher.setAAD(Buffer.from(purpose));
  const body = [cipher.update(plain), cipher.final()];
  return Buffer.concat([Buffer.from([BINARY_VERSION]), iv, cipher.getAuthTag(), ...body]);
}

/** Opens what `sealBuffer` made; throws if key, purpose or bytes differ. */
export function openBuffer(key: DataKey, sealed: Buffer, purpose: string): Buffer {
  const bodyAt = 1 + IV_BYTES + TAG_BYTES;
  if (sealed.length < bodyAt || sealed[0] !== BINARY_VERSION) throw new Error('not a sealed value');
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, sealed.subarray(1, 1 + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(sealed.subarray(1 + IV_BYTES, bodyAt));
  return Buffer.concat([decipher.update(sealed.subarray(bodyAt)), decipher.final()]);
}
