import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BODY_LENGTH = 27; // 27 base62 characters hold 160.7 bits
const CHECKSUM_LENGTH = 6;

/**
 * What a secret opens: `pk_live` an API key, `pm_live` a management token, `inv` an invitation.
 * The prefix is fixed so that secret scanners can recognise a leak (GitHub's token format, 2021).
 */
export type TokenPrefix = 'pk_live' | 'pm_live' | 'inv';

function checksum(body: string): string {
  let rest = crc32(body);
  let out = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    out = ALPHABET.charAt(rest % 62) + out;
    rest = Math.floor(rest / 62);
  }
  return out;
}

/** Makes a new secret: `<prefix>_<27 random base62 characters><6-character CRC-32 of them>`. */
export function newSecretToken(prefix: TokenPrefix): string {
  let body = '';
  while (body.length < BODY_LENGTH) {
    for (const byte of randomBytes(64)) {
      if (byte < 248 && body.length < BODY_LENGTH) body += ALPHABET.charAt(byte % 62);
    }
  }
  return `${prefix}_${body}${checksum(body)}`;
}

/** True when the text has the shape and checksum of a secret with this prefix. No look-up is needed to refuse a typo. */
export function isSecretToken(prefix: TokenPrefix, text: string): boolean {
  if (text.length !== prefix.length + 1 + BODY_LENGTH + CHECKSUM_LENGTH) return false;
  if (!text.startsWith(`${prefix}_`)) return false;
  const body = text.slice(prefix.length + 1, prefix.length + 1 + BODY_LENGTH);
  return checksum(body) === text.slice(prefix.length + 1 + BODY_LENGTH);
}

/** Keyed hash under which a secret is stored and looked up: HMAC-SHA-256 with the operator's pepper, base64url. */
export function hashSecretToken(token: string, pepper: string): string {
  return createHmac('sha256', pepper).update(token).digest('base64url');
}

/** The part of a secret that may be shown again: prefix, four characters, and the last four. */
export function maskSecretToken(token: string): string {
  const at = token.lastIndexOf('_') + 1;
  return `${token.slice(0, at + 4)}…${token.slice(-4)}`;
}

/** Compares two hashes in constant time. */
export function equalHashes(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
