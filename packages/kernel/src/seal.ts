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
