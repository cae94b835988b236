import { createHmac, randomBytes } from 'node:crypto';

/**
 * Symmetric signatures of Standard Webhooks (https://www.standardwebhooks.com, specification 1.0): HMAC-SHA-256 over
 * `<id>.<timestamp>.<body>`, secrets written `whsec_` and base64 of 24 to 64 bytes.
 */
const PREFIX = 'whsec_';
const NEW_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** What is signed. */
export interface WebhookMessage {
  /** The same for every try of one event; receivers tell repeats by it. */
  readonly id: string;
  /** Unix seconds of this try. */
  readonly timestamp: number;
  readonly body: Buffer;
}

/** Makes a secret. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_BYTES).toString('base64');
}

/** The key's bytes of a secret, with or without its prefix; `null` for text that is none. */
export function webhookKey(secret: string): Buffer | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const key = BASE64.test(text) ? Buffer.from(text, 'base64') : null;
  return key !== null && key.length >= 24 && key.length <= 64 ? key : null;
}

/** The value of `webhook-signature`: one signature for each key, so that a rotation has an overlap. */
export function webhookSignature(keys: readonly Buffer[], { id, timestamp, body }: WebhookMessage): string {
  const sign = (key: Buffer): string =>
    createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return keys.map((key) => `v1,${sign(key)}`).join(' ');
}
